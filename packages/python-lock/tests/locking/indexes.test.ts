import { existsSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import {
  fetchDistributions,
  fetchSdists,
  withPins,
  type DownloadContext,
  type IndexSettings,
  type Tools,
} from '@wheelhouse/python/fetch';
import { PackageIndex, anInterpreter, io, sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';
import { LockWorkspace } from '../testing/lock-workspace.js';

/** Of the company, of everybody, and a directory of files: `acme-core` is the company's, and everywhere else a stranger's. */
let company: PackageIndex;
let everybody: PackageIndex;
let links: PackageIndex;
let tools: Tools;
let interpreter: Interpreter;

beforeAll(async () => {
  const leaf = { name: 'leaf', version: '1.0', format: 'wheel' } as const;
  company = await PackageIndex.start([
    leaf,
    { name: 'acme_core', version: '1.0', format: 'wheel', requires: ['leaf'] },
    { name: 'acme_core', version: '1.0', format: 'sdist' },
    { name: 'acme_app', version: '1.0', format: 'wheel', requires: ['acme-core'] },
  ]);
  everybody = await PackageIndex.start([
    leaf,
    { name: 'leaf', version: '1.1', format: 'wheel' },
    { name: 'acme_core', version: '1.0', format: 'wheel', requires: ['maker'] },
    { name: 'acme_core', version: '1.0', format: 'sdist', build: ['stranger'] },
    { name: 'acme_core', version: '99.0', format: 'wheel' },
    { name: 'maker', version: '1.0', format: 'wheel' },
    { name: 'hooked', version: '1.0', format: 'wheel' },
  ]);
  links = await PackageIndex.start([
    { name: 'acme_core', version: '50.0', format: 'wheel' },
    { name: 'only_linked', version: '1.0', format: 'wheel' },
  ]);
  tools = await sharedTools();
  interpreter = await anInterpreter();
}, 120_000);
afterAll(async () => {
  for (const index of [company, everybody, links]) await index.stop();
});
beforeEach(() => {
  for (const index of [company, everybody, links]) index.requests.length = 0;
});

/** Both indexes, and the names that are pinned to one of them. */
function settings(pins: { readonly company?: string[]; readonly everybody?: string[] } = {}): IndexSettings {
  return withPins(
    { ...everybody.settings, extraIndexUrls: [company.authorized(company.url)] },
    [
      ...(pins.company === undefined ? [] : [{ name: 'acme', url: company.url, packages: pins.company }]),
      ...(pins.everybody === undefined ? [] : [{ name: 'public', url: everybody.url, packages: pins.everybody }]),
    ],
    {},
  );
}

function workspaceWith(dependencies: readonly string[], build: readonly string[] = ['maker']): LockWorkspace {
  const workspace = new LockWorkspace({ index: everybody, tools, interpreter });
  workspace.project('app', { dependencies, build });
  return workspace;
}

async function failure(work: Promise<unknown>): Promise<string> {
  return formatError((await work.catch((reason: unknown) => reason)) as ElementError);
}

/** What was asked for under a name. */
function asked(index: PackageIndex, name: string): string[] {
  return index.requests.filter((url) => url.includes(name) || url.includes(name.replace('-', '_')));
}

function confusion(): string {
  return (
    `\`acme-core\` is not the same on \`${company.url}\` and \`${everybody.url}\`: their files differ\n` +
    `hint: pin it to the right index with the option \`"indexes": {"<name>": {"url": "${company.url}", "packages": ["acme-core"]}}\``
  );
}

test('a name under which two indexes have different files is refused, and nothing is written', async () => {
  const workspace = workspaceWith(['acme-app']);
  expect(await failure(workspace.lock({ indexes: settings() }))).toBe(confusion());
  expect(existsSync(join(workspace.directory, 'app/locks'))).toBe(false);
}, 120_000);

test('so is such a build requirement', async () => {
  const workspace = workspaceWith([], ['acme-core']);
  expect(await failure(workspace.lock({ indexes: settings() }))).toBe(confusion());
}, 120_000);

test('an index that mirrors files of another is not dependency confusion', async () => {
  const workspace = workspaceWith(['leaf']);
  await workspace.lock({ indexes: settings() });
  expect(workspace.pins('test.txt')).toEqual(['leaf==1.0']);
}, 120_000);

test('a pinned name, met on the way, comes from its index alone, and no other index is asked for it', async () => {
  const workspace = workspaceWith(['acme-app'], ['leaf']);
  await workspace.lock({ indexes: settings({ company: ['acme-*'] }) });
  expect(workspace.pins('test.txt')).toEqual(['acme-app==1.0', 'acme-core==1.0', 'leaf==1.0']);
  const hashes = ['acme_core-1.0-py3-none-any.whl', 'acme_core-1.0.tar.gz'].map((file) => company.sha256(file)).sort();
  expect(workspace.read('test.txt')).toContain(
    `acme-core==1.0 \\\n${hashes.map((hash) => `    --hash=sha256:${hash}`).join(' \\\n')}\nleaf==1.0`,
  );
  expect(asked(everybody, 'acme')).toEqual([]);
  expect(asked(company, 'acme-core').length).toBeGreaterThan(0);
}, 120_000);

test('a name may be pinned to the index that is asked last', async () => {
  const workspace = workspaceWith(['acme-core<2']);
  await workspace.lock({ indexes: settings({ everybody: ['acme-core'] }) });
  expect(workspace.pins('test.txt')).toEqual(['acme-core==1.0', 'maker==1.0']);
  expect(workspace.read('test.txt')).not.toContain(company.sha256('acme_core-1.0-py3-none-any.whl'));
  expect(asked(company, 'acme-core')).toEqual([]);
}, 120_000);

test('a version of a pinned name that another index has is not found', async () => {
  const workspace = workspaceWith(['acme-core>=99']);
  const text = await failure(workspace.lock({ indexes: settings({ company: ['acme-core'] }) }));
  expect(text).toMatch(
    /^app\/pyproject\.toml \[line 9 column 16\]: the requirements of `app` and its tests cannot be resolved: no version satisfies `acme-core>=99`\n/,
  );
  expect(text).toMatch(/only acme-core==1\.0 is available and you require acme-core>=99/);
  expect(text).toMatch(/\nhint: `acme-core` is pinned to the index `acme`; change the requirement/);
  expect(text).not.toContain('secret');
}, 120_000);

test('a version of a pinned name that find-links has is refused', async () => {
  const workspace = workspaceWith(['acme-core']);
  const given = { ...settings({ company: ['acme-core'] }), findLinks: [links.directory] };
  expect(await failure(workspace.lock({ indexes: given }))).toBe(
    `\`acme-core==50.0\` is not on the index \`acme\` (\`${company.url}\`), to which \`acme-core\` is pinned\n` +
      'hint: other indexes and find-links are not used for this name: publish the version there, or change the option `indexes`',
  );
}, 120_000);

test('without an index, find-links is all there is', async () => {
  const workspace = workspaceWith(['leaf']);
  const given = { ...everybody.settings, noIndex: true, findLinks: [links.directory] };
  expect(await failure(workspace.lock({ indexes: given }))).toContain('no version satisfies `leaf`');
  expect(asked(everybody, 'leaf')).toEqual([]);
}, 120_000);

test.each([
  ['a directory', () => links.directory],
  ['a page', () => links.authorized(links.linksUrl)],
])(
  'find-links is %s',
  async (_what, link) => {
    const workspace = workspaceWith(['only-linked']);
    const given = { ...everybody.settings, findLinks: [link()] };
    await workspace.lock({ indexes: given });
    expect(workspace.pins('test.txt')).toEqual(['only-linked==1.0']);
    expect(workspace.read('test.txt')).not.toMatch(/secret|http/);
    const hashes = [`sha256:${links.sha256('only_linked-1.0-py3-none-any.whl')}`];
    const request = { name: 'only-linked', version: '1.0', hashes, format: 'any' } as const;
    expect(await fetchDistributions([request], context({ settings: given }))).toHaveLength(1);
  },
  120_000,
);

function context(more: Partial<DownloadContext>): DownloadContext {
  const environment = { PATH: process.env.PATH };
  return { tools, interpreter, environment, io, destination: temporaryDirectory(), settings: settings(), ...more };
}

test('files are fetched from the index that uv locks them from', async () => {
  const sdist = { name: 'Acme.Core', version: '1.0', hashes: [], format: 'sdist' } as const;
  const [first] = await fetchSdists([sdist], context({}));
  expect(first?.sha256).toBe(company.sha256('acme_core-1.0.tar.gz'));
  const [pinned] = await fetchSdists([sdist], context({ settings: settings({ everybody: ['acme-*'] }) }));
  expect(pinned?.sha256).toBe(everybody.sha256('acme_core-1.0.tar.gz'));
  const [any] = await fetchDistributions(
    [{ ...sdist, format: 'any', hashes: [`sha256:${everybody.sha256('acme_core-1.0-py3-none-any.whl')}`] }],
    context({}),
  );
  expect(any?.sha256).toBe(everybody.sha256('acme_core-1.0-py3-none-any.whl'));
}, 120_000);

describe('credentials come', () => {
  const anonymous = (): IndexSettings => ({ ...everybody.settings, indexUrl: everybody.url });
  const lockedAndFetched = async (given: IndexSettings, environment: NodeJS.ProcessEnv): Promise<void> => {
    const workspace = workspaceWith(['leaf']);
    await workspace.lock({ indexes: given, environment });
    expect(workspace.pins('test.txt')).toEqual(['leaf==1.1']);
    const hashes = [`sha256:${everybody.sha256('leaf-1.1-py3-none-any.whl')}`];
    const request = { name: 'leaf', version: '1.1', hashes, format: 'any' } as const;
    const from = context({ settings: given, environment: { PATH: process.env.PATH, ...environment } });
    expect(await fetchDistributions([request], from)).toHaveLength(1);
  };

  test('from netrc', async () => {
    const netrc = join(temporaryDirectory(), 'netrc');
    writeFileSync(netrc, 'machine 127.0.0.1 login user password secret\n');
    await lockedAndFetched(anonymous(), { NETRC: netrc });
    await lockedAndFetched(
      withPins(anonymous(), [{ name: 'public', url: everybody.url, packages: ['leaf', 'maker', 'hooked'] }], {}),
      { NETRC: netrc },
    );
  }, 120_000);

  test('from the program keyring', async () => {
    const bin = temporaryDirectory();
    writeFileSync(
      join(bin, 'keyring'),
      '#!/bin/sh\ncase "$*" in *--mode*creds*) printf "user\\nsecret\\n" ;; *) echo secret ;; esac\n',
    );
    chmodSync(join(bin, 'keyring'), 0o755);
    const given = {
      ...anonymous(),
      indexUrl: everybody.url.replace('//', '//user@'),
      keyringProvider: 'subprocess',
    };
    await lockedAndFetched(given, { PATH: `${bin}:${process.env.PATH ?? ''}` });
  }, 120_000);

  test("from uv's variables for an index of that name", async () => {
    const pins = [{ name: 'my-index', url: everybody.url, packages: ['*'] }];
    const environment = { UV_INDEX_MY_INDEX_USERNAME: 'user', UV_INDEX_MY_INDEX_PASSWORD: 'secret' };
    await lockedAndFetched(withPins(anonymous(), pins, environment), environment);
  }, 120_000);
});
