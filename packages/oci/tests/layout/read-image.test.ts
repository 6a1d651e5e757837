import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBlobStore } from '@wheelhouse/element/internal';
import { parseBaseReference, readImage, type BaseImage } from '@wheelhouse/oci/internal';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-layout-'));
  mkdirSync(join(directory, 'blobs', 'sha256'), { recursive: true });
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

function put(mediaType: string, value: object | string): Descriptor {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const hash = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(directory, 'blobs', 'sha256', hash), text);
  return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(text) };
}

function index(...manifests: readonly object[]): void {
  writeFileSync(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** An image of one layer, which nobody unpacks. */
function imageFor(architecture: string, layer = 'layer', mediaType = LAYER): Descriptor {
  const described = put(mediaType, layer);
  const config = put('application/vnd.oci.image.config.v1+json', {
    os: 'linux',
    architecture,
    rootfs: { type: 'layers', diff_ids: [described.digest] },
  });
  return put(MANIFEST, { config, layers: [described] });
}

const read = async (digest?: string): Promise<BaseImage> =>
  await readImage(new MemoryBlobStore(), {
    path: directory,
    label: 'oci:base',
    architecture: 'amd64',
    ...(digest === undefined ? {} : { digest }),
  });

test('of an index for several machines the image for this one is used, and attestations are skipped', async () => {
  const [here, there] = [imageFor('amd64'), imageFor('arm64', 'another')];
  const nested = put(INDEX, {
    manifests: [
      { ...there, platform: { os: 'linux', architecture: 'arm64' } },
      { ...here, platform: { os: 'linux', architecture: 'amd64' } },
      { ...put(MANIFEST, { config: here, layers: [] }), platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  });
  index(nested, { ...put(MANIFEST, { config: here, layers: [here] }), artifactType: 'application/vnd.cyclonedx+json' });
  expect(await read()).toMatchObject({ manifestDigest: here.digest, layers: [{ mediaType: LAYER }] });
  expect((await read(nested.digest)).manifestDigest).toBe(here.digest);
});

test('of several images one has to be named', async () => {
  const [one, two] = [imageFor('amd64', 'one'), imageFor('amd64', 'two')];
  index(one, two);
  await expect(read()).rejects.toMatchObject({
    code: 'IMAGE',
    reason: `oci:base has 2 images: \`${one.digest}\`, \`${two.digest}\``,
    hint: 'choose one of its manifests: `oci:base@sha256:...`',
  });
  expect((await read(two.digest)).manifestDigest).toBe(two.digest);
});

test('an image for another machine is refused', async () => {
  index(imageFor('riscv64'));
  await expect(read()).rejects.toMatchObject({
    code: 'IMAGE',
    reason: 'oci:base is for `linux/riscv64`, but this machine is `linux/amd64`',
    hint: 'use a base for this machine, or build on a machine of that platform',
  });
});

test('a blob that is not what its name says is refused', async () => {
  index(imageFor('amd64'));
  const digest = `sha256:${createHash('sha256').update('layer').digest('hex')}`;
  writeFileSync(join(directory, 'blobs', ...digest.split(':')), 'lajer');
  await expect(read()).rejects.toMatchObject({
    code: 'IMAGE',
    reason: `oci:base: the blob \`${digest}\` does not match its digest`,
  });
  rmSync(join(directory, 'blobs', ...digest.split(':')));
  await expect(read()).rejects.toMatchObject({ reason: `oci:base: the blob \`${digest}\` does not exist` });
});

test('a layer in a form that cannot be read is refused', async () => {
  index(imageFor('amd64', 'layer', `${LAYER}+zstd`));
  await expect(read()).rejects.toMatchObject({
    code: 'IMAGE',
    reason: `oci:base has a layer of the type \`${LAYER}+zstd\``,
    hint: 'layers must be tar archives, optionally compressed with gzip',
  });
});

test('a directory without an image is refused', async () => {
  await expect(read()).rejects.toMatchObject({
    code: 'IMAGE',
    reason: 'oci:base is neither an OCI image layout nor an archive of `docker save`',
    hint: 'a layout contains an `index.json`, an archive a `manifest.json`',
  });
});

describe('a base is', () => {
  const digest = `sha256:${'0a'.repeat(32)}`;
  test.each([
    ['oci:images/base', { type: 'layout', path: 'images/base' }],
    [`oci:./base@${digest}`, { type: 'layout', path: 'base', digest }],
    ['archive:/images/base.tar', { type: 'archive', path: '/images/base.tar' }],
    ['python:3.12-slim', { type: 'engine', name: 'python:3.12-slim' }],
    [
      `registry.example.org:5000/shop/base@${digest}`,
      { type: 'engine', name: 'registry.example.org:5000/shop/base', digest },
    ],
  ])('%s', (text, expected) => {
    expect(parseBaseReference(text)).toEqual(expected);
  });

  test.each([
    ['oci:', 'the path is missing', 'write `oci:PATH`'],
    ['python@latest', '`latest` is not a digest', 'a digest is `sha256:` and 64 hexadecimal digits'],
    [
      './base',
      'it is not an image name',
      'a base is `oci:DIRECTORY`, `archive:FILE`, `registry:NAME` or an image name such as `python:3.12-slim`',
    ],
  ])('not %s', (text, what, hint) => {
    expect(() => parseBaseReference(text)).toThrow(
      expect.objectContaining({ code: 'IMAGE', reason: `the base \`${text}\`: ${what}`, hint }) as Error,
    );
  });
});
