import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import { fetchDistributions, withPins, type IndexSettings, type Tools } from '@wheelhouse/python/fetch';
import { PackageIndex, anInterpreter, io, sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';
import { FaultyIndex, type Answer } from '../testing/faulty-index.js';
import { LockWorkspace } from '../testing/lock-workspace.js';

const JSON_PAGE = 'application/vnd.pypi.simple.v1+json';
const LOGIN = '<html><head><title>Sign in</title></head><body><form><input type="password"></form></body></html>';
const PORTAL = '<!DOCTYPE html><html><body>Please <a href="/login">log in</a></body></html>';

/** What an index answers for every name, and how a message goes on after its address. */
const FAULTS: Readonly<Record<string, Answer & { readonly said: string }>> = {
  unauthorized: { status: 401, said: 'answers `401 Unauthorized`' },
  forbidden: { status: 403, said: 'answers `403 Forbidden`' },
  gone: { status: 410, said: 'answers `410 Gone`' },
  down: { status: 503, said: 'answers `503 Service Unavailable`' },
  broken: { status: 500, said: 'answers `500 Internal Server Error`' },
  login: { body: LOGIN, said: 'answers with a page that lists no files of a distribution (`Sign in`)' },
  portal: { body: PORTAL, said: 'answers with a page that lists no files of a distribution' },
  empty: { body: '', said: 'answers with an empty page' },
  plain: { type: 'text/plain', body: 'leaf', said: 'answers with a page of the type `text/plain`' },
  untyped: { type: '', body: 'leaf', said: 'answers with a page of no type' },
  cut: { body: '<html><body><a href="leaf-1.1.tar.gz">leaf</a><a hr', said: 'answers with a page that is cut off' },
  half: { type: JSON_PAGE, body: '{"meta": {"api-version": "1.0"}, "fil', said: 'answers with broken JSON' },
  other: { type: JSON_PAGE, body: '{"error": "log in"}', said: 'answers with JSON that does not list files (PEP 691)' },
  later: {
    type: JSON_PAGE,
    body: '{"meta": {"api-version": "2.0"}, "name": "leaf", "files": []}',
    said: 'answers with a page of version `2.0`, of which only 1 can be read (PEP 629)',
  },
  declaredLater: {
    body: '<html><head><meta name="pypi:repository-version" content="3.1"></head><body></body></html>',
    said: 'answers with a page of version `3.1`, of which only 1 can be read (PEP 629)',
  },
  file: {
    status: 302,
    location: 'file:///etc/hostname',
    said: 'answers with a redirect to a URL that is neither http nor https',
  },
  ftp: {
    status: 302,
    location: 'ftp://127.0.0.1/leaf/',
    said: 'answers with a redirect to a URL that is neither http nor https',
  },
  loop: { status: 302, location: '', said: 'redirects in a loop' },
};
const HINTS: Readonly<Record<string, string>> = {
  answer:
    'check its URL (`pip config list`, `[[tool.uv.index]]`) and whether it is up; only `404` means that an index does not have a name',
  denied:
    "credentials are read from the URL of the index, netrc, the keyring command (pip's `keyring-provider`), or uv's variables for an index",
};
const ELSEWHERE = 'no other index is used instead, because the same name may be another distribution there';

const GOOD: Readonly<Record<string, Answer>> = {
  titled: { body: '<!DOCTYPE html><html><head><title>Links for leaf</title></head><body><h1>Links</h1></body></html>' },
  declared: { body: '<html><head><meta name="pypi:repository-version" content="1.0"></head><body>none</body></html>' },
  blank: { body: '<!DOCTYPE html><html><head></head><body></body></html>' },
  none: { type: JSON_PAGE, body: '{"meta": {"api-version": "1.0"}, "name": "leaf", "files": []}' },
  absent: { status: 404 },
};

let faulty: FaultyIndex;
let everybody: PackageIndex;
let tools: Tools;
let interpreter: Interpreter;

beforeAll(async () => {
  everybody = await PackageIndex.start([
    { name: 'leaf', version: '1.0', format: 'wheel' },
    { name: 'source', version: '1.0', format: 'sdist', build: ['maker'] },
    { name: 'maker', version: '1.0', format: 'wheel' },
    { name: 'hooked', version: '1.0', format: 'wheel' },
  ]);
  faulty = await FaultyIndex.start({ ...FAULTS, ...GOOD, sent: { status: 302, location: '/login/' } });
  tools = await sharedTools();
  interpreter = await anInterpreter();
}, 120_000);
afterAll(async () => {
  await everybody.stop();
  await faulty.stop();
});

type Place = 'first' | 'last' | 'alone' | 'links';

/** Both indexes; of several the extra one is asked first. */
function settings(fault: string, place: Place): IndexSettings {
  const [bad, good] = [faulty.url(fault), everybody.authorized(everybody.url)];
  const common = { ...everybody.settings, retries: 0 };
  if (place === 'alone') return { ...common, indexUrl: bad };
  if (place === 'links') return { ...common, findLinks: [bad] };
  return place === 'first'
    ? { ...common, indexUrl: good, extraIndexUrls: [bad] }
    : { ...common, indexUrl: bad, extraIndexUrls: [good] };
}

async function failure(fault: string, place: Place, dependencies = ['leaf']): Promise<string> {
  const workspace = new LockWorkspace({ index: everybody, tools, interpreter });
  workspace.project('app', { dependencies });
  const error: unknown = await workspace.lock({ indexes: settings(fault, place) }).catch((reason: unknown) => reason);
  expect(existsSync(join(workspace.directory, 'app/locks'))).toBe(false);
  return formatError(error as ElementError);
}

/** The error, whatever of uv's own words stands between its message and its hint. */
function expected(fault: string): RegExp {
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const hint = ['unauthorized', 'forbidden'].includes(fault) ? HINTS.denied : HINTS.answer;
  return new RegExp(
    `^the index \`${escaped(faulty.url(fault))}\` ${escaped(FAULTS[fault]?.said ?? '')}, asked for \`leaf\`\\n` +
      `(?:[^]*\\n)?hint: ${escaped(`${hint ?? ''}; ${ELSEWHERE}`)}$`,
  );
}

test.each(Object.keys(FAULTS))(
  'an index that is asked first and whose answer is %s stops the lock',
  async (fault) => {
    expect(await failure(fault, 'first')).toMatch(expected(fault));
  },
  120_000,
);

test.each<[string, Place]>([
  ['forbidden', 'last'],
  ['down', 'last'],
  ['login', 'last'],
  ['unauthorized', 'alone'],
  ['loop', 'alone'],
  ['login', 'alone'],
])(
  'so does one whose answer is %s where it is asked %s',
  async (fault, place) => {
    expect(await failure(fault, place)).toMatch(expected(fault));
  },
  120_000,
);

test.each(Object.keys(GOOD))(
  'an index may say by %s that it has no file, and another is asked',
  async (answer) => {
    // uv itself lets an index that knows the name hide all that are asked after it.
    for (const place of answer === 'absent' ? (['first', 'last'] as const) : (['last'] as const)) {
      const workspace = new LockWorkspace({ index: everybody, tools, interpreter });
      workspace.project('app', { dependencies: ['leaf'] });
      await workspace.lock({ indexes: settings(answer, place) });
      expect(workspace.pins('test.txt')).toEqual(['leaf==1.0']);
    }
  },
  120_000,
);

test('a page that one is sent on to is named', async () => {
  expect(await failure('sent', 'first')).toContain(
    `the index \`${faulty.url('sent')}\` answers with a page that lists no files of a distribution (\`Sign in\`) ` +
      `from \`${faulty.url('login')}/\`, to which it redirects, asked for \`leaf\`\n`,
  );
}, 120_000);

test('an invalid page of find-links stops locking as an index does', async () => {
  expect(await failure('login', 'links')).toContain(
    `the index \`${faulty.url('login')}\` answers with a page that lists no files of a distribution (\`Sign in\`)`,
  );
}, 120_000);

test('so does an index that an sdist or a pinned name is looked up on', async () => {
  expect(await failure('forbidden', 'first', ['source'])).toContain('answers `403 Forbidden`, asked for `source`');
  const workspace = new LockWorkspace({ index: everybody, tools, interpreter });
  workspace.project('app', { dependencies: ['leaf'] });
  const pins = [{ name: 'acme', url: faulty.url('forbidden'), packages: ['leaf'] }];
  const indexes = withPins({ ...everybody.settings, retries: 0 }, pins, {});
  const error: unknown = await workspace.lock({ indexes }).catch((reason: unknown) => reason);
  expect(formatError(error as ElementError)).toContain(
    `the index \`${faulty.url('forbidden')}\` answers \`403 Forbidden\`, asked for \`leaf\``,
  );
}, 120_000);

test('a locked file may come from any index that responds, and if none has it the one that does not respond is named', async () => {
  const hash = everybody.sha256('leaf-1.0-py3-none-any.whl');
  const fetched = async (version: string): Promise<unknown> =>
    await fetchDistributions([{ name: 'leaf', version, hashes: [`sha256:${hash}`], format: 'any' }], {
      ...{ tools, interpreter, environment: { PATH: process.env.PATH }, io, destination: temporaryDirectory() },
      settings: settings('forbidden', 'first'),
    }).catch((reason: unknown) => formatError(reason as ElementError));
  expect(await fetched('1.0')).toMatchObject([{ sha256: hash }]);
  expect(await fetched('9.0')).toBe(
    `the index \`${faulty.url('forbidden')}\` answers \`403 Forbidden\`, asked for \`leaf\`\n` +
      `hint: ${HINTS.denied ?? ''}; ${ELSEWHERE}`,
  );
}, 120_000);

test.each([
  ['MD5 alone', '#md5=0123456789abcdef0123456789abcdef'],
  ['SHA-512 alone', `#sha512=${'ab'.repeat(64)}`],
  ['no hash', ''],
])(
  'files for which an index has %s are hashed here',
  async (_what, fragment) => {
    const wheel = 'leaf-1.0-py3-none-any.whl';
    everybody.fragments.set(wheel, fragment);
    try {
      for (const pins of [[], [{ name: 'public', url: everybody.url, packages: ['leaf'] }]]) {
        const workspace = new LockWorkspace({ index: everybody, tools, interpreter });
        workspace.project('app', { dependencies: ['leaf'] });
        await workspace.lock({ indexes: withPins(everybody.settings, pins, {}) });
        expect(workspace.read('test.txt')).toContain(`leaf==1.0 \\\n    --hash=sha256:${everybody.sha256(wheel)}\n`);
      }
    } finally {
      everybody.fragments.clear();
    }
  },
  120_000,
);
