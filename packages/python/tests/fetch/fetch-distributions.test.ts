import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DistributionRequest } from '@wheelhouse/python';
import { fetchDistributions, fetchSdists, type DownloadContext } from '@wheelhouse/python/lock';
import { formatError, type ElementError } from '@wheelhouse/element';
import { PackageIndex } from '../testing/package-index.js';
import { anInterpreter, io, sharedTools, temporaryDirectory } from '../testing/tools.js';

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

test('the pyproject.toml of an sdist is read without running it', async () => {
  const [sdist] = await fetchSdists([request('source-3.0.tar.gz', { hashes: [], format: 'sdist' })], context);
  expect(sdist?.pyproject).toBe(
    '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
});

const HASH_HINT = 'hint: if the index is right and the file was replaced on purpose, run the target `lock` again';

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
