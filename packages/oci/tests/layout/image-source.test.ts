import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { SourceServices, type Digest } from '@wheelhouse/element';
import { LocalStore, toMapping, walkTree } from '@wheelhouse/element/internal';
import { image, IMAGE_SERVICES, ImageSource, writeTar } from '@wheelhouse/oci/internal';
import { TestRegistry, type Descriptor } from '../support/test-registry.js';

const TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};
const HERE = process.arch === 'x64' ? 'amd64' : process.arch;
const NAME = 'team/python';
const io = { signal: new AbortController().signal, log: { write: () => undefined } };

let registry: TestRegistry;
let directory: string;
beforeAll(async () => {
  registry = await TestRegistry.start();
});
afterAll(async () => {
  await registry.stop();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-image-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A source of kind `image`, configured. @param store its directory; one for each by default */
function source(config: Record<string, unknown>, store = join(directory, 'store')): ImageSource {
  const environment = { HOME: directory, PATH: `${directory}:${process.env.PATH ?? ''}` };
  const services = new SourceServices(LocalStore.open(store)).bind(IMAGE_SERVICES, { environment });
  const made = image.create({
    identity: { kind: 'image', formatVersion: 1 },
    name: 'base.bst [source 1]',
    origin: { file: 'base.bst', line: 3, column: 2 },
    project: { directory, name: 'test', fatalWarnings: [] },
    directory: '.',
    services,
  });
  if (!(made instanceof ImageSource)) throw new Error('another kind of source');
  made.configure(toMapping(config as Parameters<typeof toMapping>[0], { file: 'base.bst', line: 3, column: 2 }));
  return made;
}

async function tar(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const items = Object.entries(files).map(([name, content]) => {
    const body = Buffer.from(content);
    return { header: { name, size: body.byteLength, mode: 0o755, mtime: new Date(0) }, body: Readable.from([body]) };
  });
  for await (const chunk of writeTar(items)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Pushes an image of these layers, for a machine. */
async function push(
  to: TestRegistry,
  tag: string,
  layers: readonly Readonly<Record<string, string>>[],
  { architecture = HERE, level = 6 }: { readonly architecture?: string; readonly level?: number } = {},
): Promise<Descriptor> {
  const [pushed, diffIds]: [Descriptor[], string[]] = [[], []];
  for (const files of layers) {
    const archive = await tar(files);
    pushed.push(await to.blob(NAME, TYPES.layer, gzipSync(archive, { level })));
    diffIds.push(`sha256:${createHash('sha256').update(archive).digest('hex')}`);
  }
  const config = { os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: diffIds } };
  const described = await to.blob(NAME, TYPES.config, Buffer.from(JSON.stringify(config)));
  const manifest = { schemaVersion: 2, mediaType: TYPES.manifest, config: described, layers: pushed };
  return await to.manifest(NAME, tag, manifest);
}

async function pathsOf(tree: Digest): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path, type } of walkTree(LocalStore.open(join(directory, 'store')).blobs, tree)) {
    if (type !== 'directory') paths.push(path);
  }
  return paths;
}

async function fetched(made: ImageSource): Promise<Digest> {
  await made.consistency();
  return await made.fetch(LocalStore.open(join(directory, 'store')).blobs, io);
}

test('an image of a registry is tracked, and its layers are laid over one another', async () => {
  const manifest = await push(registry, 'one', [
    { 'bin/sh': 'sh', 'etc/old': 'x' },
    { 'etc/.wh.old': '', 'bin/python3': 'python' },
  ]);
  const name = `registry:${registry.host}/${NAME}:one`;
  expect(await source({ image: name }).consistency()).toBe('inconsistent');
  const ref = await source({ image: name }).track(io);
  expect(ref).toMatchObject({ digest: manifest.digest, layers: [{}, {}] });
  expect(await pathsOf(await fetched(source({ image: name, ref })))).toEqual(['bin/python3', 'bin/sh']);
});

test('an index is resolved to the image for this machine, and its digest pins it', async () => {
  const [here, there] = [
    await push(registry, 'here', [{ here: 'x' }]),
    await push(registry, 'there', [{ there: 'x' }], { architecture: 'riscv64' }),
  ];
  const manifests = [
    { ...there, platform: { os: 'linux', architecture: 'riscv64' } },
    { ...here, platform: { os: 'linux', architecture: HERE } },
  ];
  const list = { schemaVersion: 2, mediaType: TYPES.index, manifests };
  const { digest } = await registry.manifest(NAME, 'many', list);
  const name = `registry:${registry.host}/${NAME}`;
  expect(await source({ image: `${name}:many` }).track(io)).toMatchObject({ digest: here.digest });
  expect(await pathsOf(await fetched(source({ image: `${name}@${digest}` })))).toEqual(['here']);
});

test('a pinned image has the same key wherever it is, and needs no network once it is in the store', async () => {
  const own = await TestRegistry.start();
  let pinned: string;
  try {
    const { digest } = await push(own, 'one', [{ 'bin/sh': 'sh' }]);
    await push(registry, 'squeezed', [{ 'bin/sh': 'sh' }], { level: 9 });
    pinned = `registry:${own.host}/${NAME}@${digest}`;
    await fetched(source({ image: pinned }));
  } finally {
    await own.stop();
  }
  const again = source({ image: pinned });
  expect(await again.consistency()).toBe('cached');
  const ref = await source({ image: `registry:${registry.host}/${NAME}:squeezed` }).track(io);
  const squeezed = source({ image: `registry:${registry.host}/${NAME}:squeezed`, ref });
  await squeezed.consistency();
  expect(again.getUniqueKey()).toEqual(squeezed.getUniqueKey());
  expect(again.describe()).toEqual({ label: pinned.replace(/@.*/, ''), version: pinned.replace(/.*@/, '') });
  expect(await pathsOf(await fetched(again))).toEqual(['bin/sh']);
});

describe('what changes the key of an image', () => {
  const original = [{ 'bin/sh': 'sh' }, { 'bin/python3': 'python' }];
  it.each([
    ['the content of a file', [{ 'bin/sh': 'other' }, { 'bin/python3': 'python' }]],
    ['the order of layers', [...original].reverse()],
    ['another layer', [...original, { more: 'x' }]],
    ['a whiteout', [...original, { 'bin/.wh.python3': '' }]],
  ])('%s', async (_what, layers) => {
    const keys: string[] = [];
    for (const each of [original, original, layers]) {
      const { digest } = await push(registry, 'key', each);
      const made = source({ image: `registry:${registry.host}/${NAME}@${digest}` });
      await made.consistency();
      keys.push(JSON.stringify(made.getUniqueKey()));
    }
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

describe('a registry with a password', () => {
  const account = {
    user: 'reader',
    password: 'open sesame',
    bcrypt: '$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW',
  };
  let closed: TestRegistry;
  beforeAll(async () => {
    closed = await TestRegistry.start(account);
    await push(closed, 'one', [{ file: 'x' }]);
  });
  afterAll(async () => {
    await closed.stop();
  });

  it('is asked with what `docker login` has kept', async () => {
    mkdirSync(join(directory, '.docker'));
    const auth = Buffer.from(`${account.user}:${account.password}`).toString('base64');
    writeFileSync(join(directory, '.docker', 'config.json'), JSON.stringify({ auths: { [closed.host]: { auth } } }));
    expect(await source({ image: `registry:${closed.host}/${NAME}:one` }).track(io)).toMatchObject({ layers: [{}] });
  });

  it('is asked with what a program knows', async () => {
    mkdirSync(join(directory, '.docker'));
    writeFileSync(
      join(directory, '.docker', 'config.json'),
      JSON.stringify({ credHelpers: { [closed.host]: 'test' } }),
    );
    const { user, password } = account;
    const answer = JSON.stringify({ Username: user, Secret: password });
    writeFileSync(join(directory, 'docker-credential-test'), `#!/bin/sh\ncat >/dev/null; echo '${answer}'\n`, {
      mode: 0o755,
    });
    const made = source({ image: `registry:${closed.host}/${NAME}:one` });
    expect(await made.track(io)).toMatchObject({ layers: [{}] });
  });

  it('says how to log in', async () => {
    await expect(source({ image: `registry:${closed.host}/${NAME}:one` }).track(io)).rejects.toMatchObject({
      code: 'IMAGE',
      reason: `the registry \`${closed.host}\`: \`${NAME}/manifests/one\` was answered with 401`,
      hint: `run \`docker login ${closed.host}\``,
    });
  });
});

test('what a registry does not have, and one that does not answer, are errors', async () => {
  await expect(source({ image: `registry:${registry.host}/${NAME}:none` }).track(io)).rejects.toMatchObject({
    code: 'IMAGE',
    reason: `the registry \`${registry.host}\`: \`${NAME}/manifests/none\` does not exist`,
  });
  await expect(source({ image: `registry:127.0.0.1:1/${NAME}:none` }).track(io)).rejects.toMatchObject({
    code: 'IMAGE',
    reason: expect.stringMatching(
      /^the registry `127\.0\.0\.1:1` does not answer at http:\/\/127\.0\.0\.1:1\/v2\/team\/python\/manifests\/none: /,
    ) as string,
  });
});
