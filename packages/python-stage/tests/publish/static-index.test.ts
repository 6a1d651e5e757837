import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { io, temporaryDirectory } from '@wheelhouse/python/testing';
import { readPublishable, serveIndex, StaticIndex, type PublishableFile } from '@wheelhouse/python-stage/publish';
import { makeWheels, sha256, type WheelSpec } from '../testing/wheelhouse.js';

/** Wheels in a directory of their own, ready to be published. */
async function wheels(...specs: readonly WheelSpec[]): Promise<PublishableFile[]> {
  const directory = temporaryDirectory();
  makeWheels(directory, specs);
  const names = readdirSync(directory).sort();
  return await Promise.all(names.map((name) => readPublishable(name, join(directory, name))));
}

function newIndex(): StaticIndex {
  return new StaticIndex(join(temporaryDirectory(), 'index'), new AbortController().signal);
}

/** Every file of an index with its content, but for the lock. */
function contents({ directory }: StaticIndex): Record<string, string> {
  if (!existsSync(directory)) return {};
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.endsWith('.lock'))
      .sort()
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'latin1')]),
  );
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ElementError || error instanceof ElementErrors) return formatError(error);
  throw error;
}

const APP: WheelSpec = { name: 'My-App', version: '1.0', metadata: ['Requires-Python: >=3.9,<4'] };

describe('a static index', () => {
  it('has pages in HTML and in JSON, with hashes, metadata and what Python a file requires', async () => {
    const index = newIndex();
    expect(await index.add(await wheels(APP), { dryRun: false })).toEqual(['published']);
    const file = 'my_app-1.0-py3-none-any.whl';
    const path = join(index.directory, 'files', 'my-app', file);
    const metadata = sha256(`${path}.metadata`);
    expect(readFileSync(`${path}.metadata`, 'utf8')).toContain('Name: My-App\n');
    expect(Object.keys(contents(index))).toEqual([
      `files/my-app/${file}`,
      `files/my-app/${file}.metadata`,
      'simple/index.html',
      'simple/index.json',
      'simple/my-app/index.html',
      'simple/my-app/index.json',
    ]);
    expect(contents(index)['simple/index.html']).toContain('<a href="my-app/">my-app</a>');
    expect(contents(index)['simple/my-app/index.html']).toContain(
      `<a href="../../files/my-app/${file}#sha256=${sha256(path)}" data-requires-python="&gt;=3.9,&lt;4" ` +
        `data-core-metadata="sha256=${metadata}" data-dist-info-metadata="sha256=${metadata}">${file}</a>`,
    );
    expect(JSON.parse(contents(index)['simple/my-app/index.json'] ?? '')).toEqual({
      meta: { 'api-version': '1.1' },
      name: 'my-app',
      versions: ['1.0'],
      files: [
        {
          filename: file,
          url: `../../files/my-app/${file}`,
          hashes: { sha256: sha256(path) },
          'requires-python': '>=3.9,<4',
          'core-metadata': { sha256: metadata },
          size: readFileSync(path).length,
          yanked: false,
        },
      ],
    });
  });

  it('takes another version beside the first, and the same file again without a change', async () => {
    const index = newIndex();
    await index.add(await wheels({ ...APP, version: '1.10' }), { dryRun: false });
    await index.add(await wheels({ ...APP, version: '1.9' }), { dryRun: false });
    const before = contents(index);
    expect(JSON.parse(before['simple/my-app/index.json'] ?? '')).toMatchObject({ versions: ['1.9', '1.10'] });
    expect(await index.add(await wheels({ ...APP, version: '1.9' }), { dryRun: false })).toEqual(['already there']);
    expect(contents(index)).toEqual(before);
  });

  it('overwrites nothing, and adds nothing beside what it refuses', async () => {
    const index = newIndex();
    const published = await wheels(APP);
    await index.add(published, { dryRun: false });
    const before = contents(index);
    const others = await wheels({ ...APP, metadata: ['Summary: other'] }, { name: 'new', version: '1' });
    const message =
      `\`my_app-1.0-py3-none-any.whl\` is already published with different content: ` +
      `\`sha256:${published[0]?.sha256 ?? ''}\`, not \`sha256:${others[0]?.sha256 ?? ''}\`\n` +
      'hint: published files are never overwritten: change the version of the project';
    expect(await failure(index.add(others, { dryRun: false }))).toBe(message);
    expect(await failure(index.add(others, { dryRun: true }))).toBe(message);
    expect(contents(index)).toEqual(before);
  });

  it('is not touched by a dry run', async () => {
    const index = newIndex();
    expect(await index.add(await wheels(APP), { dryRun: true })).toEqual(['would be published']);
    expect(existsSync(index.directory)).toBe(false);
  });

  it('holds everything that was published at the same time', async () => {
    const index = newIndex();
    const specs = Array.from({ length: 6 }, (_, each): WheelSpec => ({ name: `app${each % 3}`, version: `${each}` }));
    const files = await wheels(...specs);
    const again = new StaticIndex(index.directory, io.signal);
    await Promise.all(
      [...files, ...files].map((file, each) => (each % 2 === 0 ? index : again).add([file], { dryRun: false })),
    );
    const versions = [0, 1, 2].map(
      (each) =>
        (JSON.parse(contents(index)[`simple/app${each}/index.json`] ?? '') as { versions: readonly string[] }).versions,
    );
    expect(versions).toEqual([
      ['0', '3'],
      ['1', '4'],
      ['2', '5'],
    ]);
    expect(readdirSync(join(index.directory, 'files', 'app0')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is written anew from its files', async () => {
    const index = newIndex();
    await index.add(await wheels(APP, { name: 'gone', version: '1' }), { dryRun: false });
    const before = contents(index);
    rmSync(join(index.directory, 'simple', 'my-app'), { recursive: true });
    rmSync(join(index.directory, 'files', 'my-app', 'my_app-1.0-py3-none-any.whl.metadata'));
    rmSync(join(index.directory, 'files', 'gone'), { recursive: true });
    expect(await index.rebuild()).toEqual({ projects: 1, files: 1 });
    const expected = Object.entries(before).filter(([path]) => !path.includes('/gone') && path.includes('my-app'));
    expect(Object.entries(contents(index)).filter(([path]) => path.includes('my-app'))).toEqual(expected);
    expect(existsSync(join(index.directory, 'simple', 'gone'))).toBe(false);
  });

  it('says why it cannot be written', async () => {
    const place = join(temporaryDirectory(), 'file');
    writeFileSync(place, '');
    const index = new StaticIndex(join(place, 'index'), io.signal);
    expect(await failure(index.add(await wheels(APP), { dryRun: false }))).toMatch(
      /^the index `.*\/file\/index` cannot be written: ENOTDIR: /,
    );
  });

  it('offers an sdist with the Python that its PKG-INFO requires', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'app-1.0'));
    writeFileSync(join(directory, 'app-1.0', 'setup.py'), '');
    writeFileSync(join(directory, 'app-1.0', 'PKG-INFO'), 'Metadata-Version: 2.1\nName: app\nRequires-Python: >=3.8\n');
    execFileSync('tar', ['-czf', 'app-1.0.tar.gz', 'app-1.0/setup.py', 'app-1.0/PKG-INFO'], { cwd: directory });
    const file = await readPublishable('app-1.0.tar.gz', join(directory, 'app-1.0.tar.gz'));
    expect(file).toMatchObject({ name: 'app', version: '1.0', requiresPython: '>=3.8' });
    const index = newIndex();
    await index.add([file], { dryRun: false });
    expect(contents(index)['simple/app/index.html']).toContain('data-requires-python="&gt;=3.8">app-1.0.tar.gz</a>');
  });
});

describe('served over HTTP, an index', () => {
  let index: StaticIndex;
  let server: Awaited<ReturnType<typeof serveIndex>>;

  beforeAll(async () => {
    index = newIndex();
    await index.add(await wheels(APP), { dryRun: false });
    cpSync(join(index.directory, 'simple', 'index.html'), join(index.directory, 'files', 'my-app', '.secret'));
    server = await serveIndex(index.directory, { host: '127.0.0.1', port: 0 });
  });

  afterAll(async () => {
    await server.close();
  });

  async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return await fetch(new URL(path, server.url), { headers, redirect: 'manual' });
  }

  it.each([
    ['*/*', 'text/html; charset=utf-8', '<!DOCTYPE html>'],
    ['text/html', 'text/html; charset=utf-8', '<!DOCTYPE html>'],
    ['application/vnd.pypi.simple.v1+html', 'application/vnd.pypi.simple.v1+html; charset=utf-8', '<!DOCTYPE html>'],
    ['application/vnd.pypi.simple.v1+json', 'application/vnd.pypi.simple.v1+json', '{'],
    ['application/vnd.pypi.simple.latest+json', 'application/vnd.pypi.simple.v1+json', '{'],
    [
      'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01',
      'application/vnd.pypi.simple.v1+json',
      '{',
    ],
  ])('answers `%s` as `%s`', async (accept, type, start) => {
    for (const page of ['', 'my-app/']) {
      const response = await get(page, { accept });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
      expect(response.headers.get('vary')).toBe('accept');
      expect((await response.text()).startsWith(start)).toBe(true);
    }
  });

  it('answers 406 to a format it does not have', async () => {
    expect((await get('', { accept: 'image/png' })).status).toBe(406);
  });

  it('leads from other spellings of a name to its page', async () => {
    for (const [from, to] of [
      ['/', '/simple/'],
      ['/simple', '/simple/'],
      ['/simple/my-app', '/simple/my-app/'],
      ['/simple/My_App/', '/simple/my-app/'],
    ] as const) {
      const response = await get(from);
      expect([response.status, response.headers.get('location')]).toEqual([301, to]);
    }
  });

  it('hands out files, parts of them, and their metadata, and nothing else', async () => {
    const file = '/files/my-app/my_app-1.0-py3-none-any.whl';
    const wheel = readFileSync(join(index.directory, file));
    const whole = await get(file);
    expect(whole.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await whole.arrayBuffer()).equals(wheel)).toBe(true);
    const part = await get(file, { range: 'bytes=2-5' });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, wheel.subarray(2, 6)]);
    expect((await get(`${file}.metadata`)).headers.get('content-type')).toBe('text/plain; charset=utf-8');
    for (const path of [
      '/files/my-app/.secret',
      '/.lock',
      '/files/',
      '/files/my-app/none.whl',
      '/simple/none/',
      '/x',
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
  });

  it('is only one where there are pages', async () => {
    const directory = temporaryDirectory();
    expect(await failure(serveIndex(directory, { host: '127.0.0.1', port: 0 }))).toBe(
      `\`${directory}\` is not an index: it has no \`simple/index.json\`\n` +
        'hint: create one with `wheelhouse publish --to DIR`, or with `wheelhouse index build DIR` from the files in `DIR/files`',
    );
    const { port } = new URL(server.url);
    expect(await failure(serveIndex(index.directory, { host: '127.0.0.1', port: Number(port) }))).toContain(
      `cannot listen on \`127.0.0.1:${port}\`: `,
    );
  });
});
