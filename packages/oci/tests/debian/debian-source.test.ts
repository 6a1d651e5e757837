import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SourceServices } from '@wheelhouse/element';
import { LocalStore, toMapping, walkTree, type AvailablePackage } from '@wheelhouse/element/internal';
import { debian, DebianSource, IMAGE_SERVICES, lockPackages } from '@wheelhouse/oci/internal';
import { damage, TestMirror } from '../support/test-mirror.js';

const io = { signal: new AbortController().signal, log: { write: () => undefined } };
const AWK = 'update-alternatives --install /usr/bin/awk awk';

let mirror: TestMirror;
let store: string;
beforeEach(() => {
  mirror = new TestMirror();
  store = mkdtempSync(join(tmpdir(), 'wheelhouse-debian-'));
});
afterEach(() => {
  mirror.remove();
  rmSync(store, { recursive: true, force: true });
});

interface LockOptions {
  readonly optional?: readonly string[];
  readonly url?: string;
  readonly keyring?: string;
}

async function lock(
  suites: readonly string[],
  packages: readonly string[],
  options: LockOptions = {},
): Promise<AvailablePackage[]> {
  const { optional = [], url = pathToFileURL(mirror.directory).href, keyring } = options;
  return await lockPackages(
    { suites, components: ['main'], architecture: 'amd64', packages, optional },
    {
      mirror: url,
      keyring,
      trusted: keyring === undefined,
      environment: process.env,
      scratch: LocalStore.open(store).scratch,
      program: (name) => `/usr/bin/${name}`,
      progress: () => undefined,
    },
  );
}

function source(packages: readonly AvailablePackage[], url = pathToFileURL(mirror.directory).href): DebianSource {
  const services = new SourceServices(LocalStore.open(store), process.env.PATH);
  services.bind(IMAGE_SERVICES, { environment: process.env });
  const origin = { file: 'base.bst', line: 3, column: 2 };
  const made = debian.create({
    identity: { kind: 'debian', formatVersion: 1 },
    name: 'base.bst [source 1]',
    origin,
    project: { directory: store, name: 'test', fatalWarnings: [] },
    directory: '.',
    services,
  });
  if (!(made instanceof DebianSource)) throw new Error('another kind of source');
  const listed = packages.map(({ name, version, suite, path, size, sha256 }) => ({
    ...{ name, version, suite, path, sha256 },
    size: String(size),
  }));
  made.configure(toMapping({ mirror: url, packages: listed }, origin));
  return made;
}

/** What a root has: links with their targets, programs with a star. */
async function unpacked(packages: readonly AvailablePackage[], url?: string): Promise<string[]> {
  const { blobs } = LocalStore.open(store);
  const paths: string[] = [];
  for await (const entry of walkTree(blobs, await source(packages, url).fetch(blobs, io))) {
    if (entry.type === 'symlink') paths.push(`${entry.path} -> ${entry.target}`);
    else if (entry.type === 'file') paths.push(`${entry.path}${entry.isExecutable ? '*' : ''}`);
  }
  return paths;
}

const names = (packages: readonly AvailablePackage[]): string[] =>
  packages.map(({ name, version }) => `${name} ${version}`);

test('packages are locked with all that they need, the newest version of each, by the suites listed', async () => {
  mirror
    .add('stable', [
      { name: 'app', fields: ['Depends: lib (>= 2~rc1), tool | other-tool, virtual'] },
      { name: 'lib', version: '2~rc1' },
      { name: 'tool', fields: ['Priority: optional'] },
      { name: 'other-tool', fields: ['Priority: required'] },
      { name: 'real', fields: ['Provides: virtual (= 3)', 'Pre-Depends: base'] },
      { name: 'base' },
      { name: 'unrelated' },
    ])
    .add('security', [{ name: 'lib', version: '2' }]);
  const found = await lock(['stable', 'security'], ['app'], { optional: ['none'] });
  expect(names(found)).toEqual(['app 1', 'base 1', 'lib 2', 'other-tool 1', 'real 1']);
  expect(found.map(({ suite }) => suite)).toEqual(['stable', 'stable', 'security', 'stable', 'stable']);
});

test('what a package needs and no suite has is an error, and so is a package that does not exist', async () => {
  mirror.add('stable', [
    { name: 'app', fields: ['Depends: lib (>= 3)'] },
    { name: 'lib', version: '2.9' },
  ]);
  await expect(lock(['stable'], ['app'])).rejects.toMatchObject({
    code: 'SOURCE',
    reason: '`app` needs `lib (>= 3)`, which is not in `stable`',
    hint: 'add the suite or the component that has it',
  });
  await expect(lock(['stable'], ['none'])).rejects.toMatchObject({ reason: 'there is no package `none` in `stable`' });
});

test('packages of every compression are unpacked below /usr, without documentation', async () => {
  mirror.add('stable', [
    { name: 'a', compression: 'xz', files: { 'bin/sh': '#!sh', 'usr/share/doc/a/copyright': 'text' } },
    { name: 'b', compression: 'gzip', files: { 'usr/bin/b': '#!b', 'usr/bin/c': '-> b' } },
    { name: 'c', compression: 'zstd', files: { 'lib/libc.so': 'c' } },
    { name: 'd', compression: 'none', files: { 'etc/d.conf': 'd' } },
  ]);
  expect(await unpacked(await lock(['stable'], ['a', 'b', 'c', 'd']))).toEqual([
    'bin -> usr/bin',
    'lib -> usr/lib',
    'etc/d.conf',
    'usr/bin/b*',
    'usr/bin/sh*',
    'usr/bin/c -> b',
    'usr/lib/libc.so',
  ]);
});

test('of alternatives that scripts would offer the one with the highest priority is linked', async () => {
  mirror.add('stable', [
    {
      name: 'mawk',
      files: { 'usr/bin/mawk': '#!mawk' },
      postinst: `#!/bin/sh\n  ${AWK} /usr/bin/mawk 5 \\\n  --slave /usr/share/man/man1/awk.1.gz awk.1.gz /usr/share/man/man1/mawk.1.gz\n`,
    },
    { name: 'gawk', files: { 'usr/bin/gawk': '#!gawk' }, postinst: `#!/bin/sh\n${AWK} /usr/bin/gawk 10\n` },
    {
      name: 'other',
      postinst: `#!/bin/sh\n${AWK} "$program" 90\nupdate-alternatives --install /usr/bin/x x /usr/bin/none 1\n`,
    },
  ]);
  const [one, all] = [await lock(['stable'], ['mawk', 'other']), await lock(['stable'], ['mawk', 'gawk', 'other'])];
  expect(await unpacked(one)).toEqual([
    'etc/alternatives/awk -> /usr/bin/mawk',
    'usr/bin/mawk*',
    'usr/bin/awk -> /etc/alternatives/awk',
  ]);
  expect(await unpacked(all)).toContain('etc/alternatives/awk -> /usr/bin/gawk');
});

test('two packages that have different files at one path are an error', async () => {
  mirror.add('stable', [
    { name: 'a', files: { 'bin/tool': '#!one' } },
    { name: 'b', files: { 'usr/bin/tool': '#!other' } },
  ]);
  await expect(lock(['stable'], ['a', 'b']).then(unpacked)).rejects.toMatchObject({
    code: 'SOURCE',
    message: 'the packages `a` and `b` both have `/usr/bin/tool`',
  });
});

describe('what changes the key of packages', () => {
  const packages = [
    { name: 'a', files: { 'usr/bin/a': '#!a' } },
    { name: 'b', files: { 'usr/bin/b': '#!b' } },
  ];
  const key = (locked: readonly AvailablePackage[]): string => JSON.stringify(source(locked).getUniqueKey());

  it('a package whose content changed, another package, and their order', async () => {
    mirror.add('stable', packages);
    const locked = await lock(['stable'], ['a', 'b']);
    expect(key(await lock(['stable'], ['b', 'a']))).toBe(key(locked));
    expect(key([...locked].reverse())).not.toBe(key(locked));
    expect(key(await lock(['stable'], ['a']))).not.toBe(key(locked));
    const before = source(locked)
      .describe()
      .parts?.find(({ name }) => name === 'a')?.version;
    mirror.add('stable', [{ name: 'a', version: '2', files: { 'usr/bin/a': '#!other' } }]);
    const upgraded = await lock(['stable'], ['a', 'b']);
    expect(key(upgraded)).not.toBe(key(locked));
    expect(source(upgraded).describe()).toMatchObject({
      label: 'debian',
      parts: [
        { name: 'a', version: '2' },
        { name: 'b', version: before },
      ],
    });
    expect(before).not.toBe('2');
  });

  it('and neither the mirror nor what else it has', async () => {
    mirror.add('stable', packages);
    const locked = await lock(['stable'], ['a', 'b']);
    mirror.add('stable', [{ name: 'c' }]);
    expect(key(await lock(['stable'], ['a', 'b']))).toBe(key(locked));
    const elsewhere = JSON.stringify(source(locked, 'http://127.0.0.1:1/debian').getUniqueKey());
    expect(elsewhere).toBe(key(locked));
  });
});

describe('a mirror', () => {
  let server: Server;
  let url: string;
  beforeEach(async () => {
    server = createServer((request, response) => {
      createReadStream(join(mirror.directory, request.url ?? ''))
        .on('error', () => response.writeHead(404).end())
        .pipe(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  });
  afterEach(() => {
    server.close();
  });

  it('is read over HTTP, and not at all for packages that are in the store', async () => {
    mirror.add('stable', [{ name: 'a', files: { 'usr/bin/a': '#!a' } }]);
    const locked = await lock(['stable'], ['a'], { url });
    expect(await unpacked(locked, url)).toEqual(['usr/bin/a*']);
    server.close();
    expect(await source(locked, url).consistency()).toBe('cached');
    expect(await unpacked(locked, url)).toEqual(['usr/bin/a*']);
  });

  it('that has another file than was locked is an error', async () => {
    mirror.add('stable', [{ name: 'a', files: { 'usr/bin/a': '#!a' } }]);
    const locked = await lock(['stable'], ['a'], { url });
    damage(mirror.file('stable', 'a'));
    await expect(unpacked(locked, url)).rejects.toMatchObject({
      code: 'SOURCE',
      reason: 'the package `a` 1: what the mirror has does not match its hash',
      hint: 'a mirror keeps only the newest versions: run `npx wheelhouse toolchain lock`, or use a mirror that keeps them all',
    });
  });

  it('whose index does not match its suite is an error', async () => {
    mirror.add('stable', [{ name: 'a' }]);
    damage(join(mirror.directory, 'dists/stable/main/binary-amd64/Packages'));
    await expect(lock(['stable'], ['a'], { url })).rejects.toMatchObject({
      code: 'SOURCE',
      reason: expect.stringMatching(
        /Packages has the SHA-256 `[0-9a-f]{64}`, but the suite says `[0-9a-f]{64}`$/,
      ) as string,
    });
  });

  it('is checked by the signature of its suite', async () => {
    mirror.add('stable', [{ name: 'a' }]).add('other', [{ name: 'a' }]);
    const [keyring, another] = [mirror.sign('stable'), mirror.sign('other')];
    expect(names(await lock(['stable'], ['a'], { url, keyring }))).toEqual(['a 1']);
    await expect(lock(['stable'], ['a'], { url, keyring: another })).rejects.toMatchObject({
      code: 'SOURCE',
      reason: expect.stringContaining(`the signature of ${url}/dists/stable is not valid:\ngpgv: `) as string,
      hint: 'set the option `keyring` of `debian` to the keys of this mirror',
    });
  });
});
