import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  type DistributionRequest,
  fetchDistributions,
  fetchSdists,
  type DownloadContext,
} from '@wheelhouse/python/fetch';
import { PackageIndex, anInterpreter, io, sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';

let index: PackageIndex;
let context: DownloadContext;
beforeAll(async () => {
  index = await PackageIndex.start([
    { name: 'pure', version: '1.0', format: 'wheel' },
    { name: 'pure', version: '1.0', format: 'sdist', build: ['flit_core'] },
    { name: 'pure', version: '1.1', format: 'wheel' },
    { name: 'native', version: '2.0', format: 'wheel', tag: 'cp27-cp27m-win32' },
    { name: 'native', version: '2.0', format: 'wheel', tag: 'py3-none-any' },
    { name: 'native', version: '2.0', format: 'wheel', tag: 'py2.py3-none-any' },
    { name: 'source', version: '3.0', format: 'sdist', build: ['flit_core'] },
    { name: 'cut', version: '1.0', format: 'wheel' },
    { name: 'cut', version: '1.1', format: 'wheel' },
    { name: 'cut', version: '1.2', format: 'wheel' },
    { name: 'cut', version: '1.3', format: 'wheel' },
  ]);
  const { tools, interpreter } = { tools: await sharedTools(), interpreter: await anInterpreter() };
  const environment = { PATH: process.env.PATH };
  context = { tools, settings: index.settings, interpreter, environment, io, destination: temporaryDirectory() };
}, 120_000);
afterAll(async () => {
  await index.stop();
});

function request(file: string, more: Partial<DistributionRequest> = {}): DistributionRequest {
  const [name = '', version = ''] = file.replace('.tar.gz', '').split('-');
  return { name, version, hashes: [`sha256:${index.sha256(file)}`], format: 'any', ...more };
}

async function failure(requests: readonly DistributionRequest[], settings = index.settings): Promise<string> {
  const error: unknown = await fetchDistributions(requests, { ...context, settings }).catch(
    (reason: unknown) => reason,
  );
  return formatError(error as ElementError);
}

test('files are fetched in order, checked, with the credentials of the index', async () => {
  const files = await fetchDistributions([request('source-3.0.tar.gz'), request('pure-1.0-py3-none-any.whl')], context);
  expect(files.map(({ filename, format, sha256 }) => [filename, format, sha256])).toEqual([
    ['source-3.0.tar.gz', 'sdist', index.sha256('source-3.0.tar.gz')],
    ['pure-1.0-py3-none-any.whl', 'wheel', index.sha256('pure-1.0-py3-none-any.whl')],
  ]);
  for (const { path, filename, sizeBytes } of files) {
    const bytes = readFileSync(path);
    expect(bytes.equals(readFileSync(join(index.directory, filename)))).toBe(true);
    expect(bytes.length).toBe(sizeBytes);
  }
});

test('requests for one file all get it, however many there are at once', async () => {
  const file = 'native-2.0-py2.py3-none-any.whl';
  const one = { name: 'native', version: '2.0', hashes: [`sha256:${index.sha256(file)}`], format: 'wheel' } as const;
  const destination = mkdtempSync(join(context.destination, 'same-'));
  const files = await fetchDistributions(
    Array.from({ length: 40 }, () => one),
    { ...context, destination },
  );
  expect(files.map(({ filename }) => filename)).toEqual(Array.from({ length: 40 }, () => file));
  expect(readFileSync(join(destination, file)).equals(readFileSync(join(index.directory, file)))).toBe(true);
});

test('of many locked files the best wheel for the interpreter is taken, and the sdist when asked for', async () => {
  const hashes = [
    'native-2.0-cp27-cp27m-win32.whl',
    'native-2.0-py3-none-any.whl',
    'native-2.0-py2.py3-none-any.whl',
  ].map((file) => `sha256:${index.sha256(file)}`);
  const both = ['pure-1.0-py3-none-any.whl', 'pure-1.0.tar.gz'].map((file) => `sha256:${index.sha256(file)}`);
  const files = await fetchDistributions(
    [
      { name: 'native', version: '2.0', hashes, format: 'any' },
      { name: 'native', version: '2.0', hashes: hashes.slice(2), format: 'wheel' },
      { name: 'pure', version: '1.0', hashes: both, format: 'any' },
      { name: 'pure', version: '1.0', hashes: both, format: 'sdist' },
    ],
    { ...context, destination: mkdtempSync(join(context.destination, 'best-')) },
  );
  expect(files.map(({ filename }) => filename)).toEqual([
    expect.stringMatching(/^native-2\.0-py(2\.py)?3-none-any\.whl$/),
    'native-2.0-py2.py3-none-any.whl',
    'pure-1.0-py3-none-any.whl',
    'pure-1.0.tar.gz',
  ]);
});

test.each([
  // Patch numbers count.
  ['3.11.7', '>=3.11.5', true],
  ['3.11.4', '>=3.11.5', false],
  ['3.11.7', '!=3.11.0,>=3.11', true],
  ['3.14.0rc2', '>=3.14', true],
])('Python %s has a file that is for %s: %s', async (version, requiresPython, fits) => {
  const file = 'pure-1.0-py3-none-any.whl';
  index.requiresPython.set(file, requiresPython);
  const interpreter = { ...context.interpreter, version };
  const wanted = fetchDistributions([request(file, { format: 'wheel' })], { ...context, interpreter });
  try {
    if (fits) expect(await wanted).toHaveLength(1);
    else await expect(wanted).rejects.toThrow('no index has a wheel of `pure==1.0` for this interpreter');
  } finally {
    index.requiresPython.clear();
  }
});

test('the pyproject.toml of an sdist is read without running it', async () => {
  const [sdist] = await fetchSdists([request('source-3.0.tar.gz', { hashes: [], format: 'sdist' })], context);
  expect(sdist?.pyproject).toBe(
    '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
});

const HASH_HINT = 'hint: if the file was replaced on the index on purpose, run the target `lock` again';

test('a file with another hash than the lock is refused, naming file, expected and got', async () => {
  const locked = 'a'.repeat(64);
  expect(await failure([request('pure-1.0-py3-none-any.whl', { hashes: [`sha256:${locked}`] })])).toBe(
    `\`pure-1.0-py3-none-any.whl\` is not the locked file of \`pure==1.0\`: expected \`sha256:${locked}\`, got \`sha256:${index.sha256('pure-1.0-py3-none-any.whl')}\`\n${HASH_HINT}`,
  );
});

test('a file that is not what its index claims is refused', async () => {
  const file = 'pure-1.1-py3-none-any.whl';
  const claimed = index.sha256(file);
  index.published.set(file, claimed);
  const wanted = request(file);
  index.replace(file, 'something else');
  expect(await failure([wanted])).toBe(
    `\`${file}\` is not the locked file of \`pure==1.1\`: expected \`sha256:${claimed}\`, got \`sha256:${index.sha256(file)}\`\n${HASH_HINT}`,
  );
});

test('what no index has is an error; passwords are nowhere in it', async () => {
  const text = await failure([
    request('pure-1.0-py3-none-any.whl', { version: '9' }),
    request('source-3.0.tar.gz', { format: 'wheel' }),
  ]);
  expect(text).toContain('no index has a file of `pure==9` for this interpreter');
  expect(text).toContain('no index has a wheel of `source==3.0` for this interpreter');
  const gone = await failure([request('pure-1.0-py3-none-any.whl')], {
    ...index.settings,
    indexUrl: 'http://user:secret@127.0.0.1:9/simple',
  });
  expect(gone).not.toContain('secret');
  expect(gone).toContain('127.0.0.1:9');
}, 60_000);

describe('a download that is cut', () => {
  const served = (file: string): string[] => index.served.filter((each) => each.startsWith(file));

  test('resumes where it ended', async () => {
    const file = 'cut-1.0-py3-none-any.whl';
    index.cuts.set(file, [100, 50]);
    await fetchDistributions([request(file)], context);
    expect(served(file)).toEqual([`${file} from 0`, `${file} from 100`, `${file} from 150`]);
  });

  test('starts anew where the index cannot send a part of a file', async () => {
    const file = 'cut-1.1-py3-none-any.whl';
    index.cuts.set(file, [100]);
    index.ranges = false;
    await fetchDistributions([request(file)], context);
    index.ranges = true;
    expect(served(file)).toEqual([`${file} from 0`, `${file} from 0`]);
  });

  test('and whose process ends is continued by the next one, which takes what was complete as it is', async () => {
    const [whole, part] = ['cut-1.2-py3-none-any.whl', 'cut-1.3-py3-none-any.whl'];
    const partials = temporaryDirectory();
    const cutting = { ...context, partials };
    // Every answer to the second file ends after nothing: the run fails.
    index.cuts.set(part, [100, 0, 0, 0, 0]);
    await expect(fetchDistributions([request(whole), request(part)], cutting)).rejects.toMatchObject({ code: 'FETCH' });
    expect(statSync(join(partials, index.sha256(part))).size).toBe(100);
    index.cuts.clear();
    index.served.length = 0;
    const files = await fetchDistributions([request(whole), request(part)], {
      ...cutting,
      destination: temporaryDirectory(),
    });
    expect(index.served).toEqual([`${part} from 100`]);
    expect(files.map(({ sha256 }) => sha256)).toEqual([index.sha256(whole), index.sha256(part)]);
    // Nothing is kept of a run that ended well.
    expect(readdirSync(partials)).toEqual([]);
  }, 60_000);

  test('and is not what it was any more is downloaded once more, whole', async () => {
    const file = 'cut-1.3-py3-none-any.whl';
    const partials = temporaryDirectory();
    writeFileSync(join(partials, index.sha256(file)), 'of another file');
    index.served.length = 0;
    await fetchDistributions([request(file)], { ...context, partials, destination: temporaryDirectory() });
    expect(index.served).toEqual([`${file} from 15`, `${file} from 0`]);
  });
});

test('processes that fetch the same files at once get all of them, and leave nothing', async () => {
  const files = ['pure-1.0-py3-none-any.whl', 'native-2.0-py3-none-any.whl', 'cut-1.0-py3-none-any.whl'];
  const partials = temporaryDirectory();
  const fetchAll = async (): Promise<string[]> => {
    const destination = temporaryDirectory();
    const fetched = await fetchDistributions(
      files.map((file) => request(file, { format: 'wheel' })),
      { ...context, partials, destination },
    );
    return fetched.map(({ path }) => createHash('sha256').update(readFileSync(path)).digest('hex'));
  };
  // Each line of processes begins anew when it ends, so that ends and beginnings meet.
  const line = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) {
      expect(await fetchAll()).toEqual(files.map((file) => index.sha256(file)));
    }
  };
  await Promise.all([line(), line(), line(), line()]);
  expect(readdirSync(partials)).toEqual([]);
}, 120_000);
