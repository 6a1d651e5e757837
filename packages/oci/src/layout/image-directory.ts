import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';
import { MEDIA, type BaseImage, type ImageConfig, type ImageLayer } from '../format/base-image.js';
import { isGzip, lengthOf, readImageJson } from './image-files.js';
import { layoutManifest, type Descriptor, type ImageDirectory } from './layout-index.js';

/**
 * Keeps the blobs of the image in a directory: an OCI image layout, or what `docker save` packs.
 *
 * @throws ElementError IMAGE
 */
export async function readImage(blobs: BlobStore, from: ImageDirectory): Promise<BaseImage> {
  const image =
    (await lengthOf(join(from.path, 'index.json'))) === undefined
      ? await readSaved(blobs, from)
      : await readLayout(blobs, from);
  const { os, architecture } = image.config;
  if (os !== 'linux' || architecture !== from.architecture) {
    throw new ElementError({
      code: 'IMAGE',
      message: `${from.label} is for \`${os}/${architecture}\`, but this machine is \`linux/${from.architecture}\``,
      hint: 'use a base for this machine, or build on a machine of that platform',
    });
  }
  return image;
}

/** OCI image specification, "Image Layout". */
async function readLayout(blobs: BlobStore, from: ImageDirectory): Promise<BaseImage> {
  const { digest, manifest } = await layoutManifest(from);
  const config = (await readImageJson(blobPath(from, manifest.config), from.label)) as ImageConfig;
  await keep(blobs, from, manifest.config);
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== manifest.layers.length) throw unlike(from, manifest.layers.length, diffIds.length);
  const layers: ImageLayer[] = [];
  for (const [index, descriptor] of manifest.layers.entries()) {
    const blob = await keep(blobs, from, descriptor);
    layers.push({ blob, mediaType: layerType(descriptor.mediaType, from), diffId: diffIds[index] ?? '' });
  }
  return { name: from.label, id: manifest.config.digest, manifestDigest: digest, config, layers };
}

/** What `docker save` packs, whose layers are named by the configuration's `diff_ids`. */
async function readSaved(blobs: BlobStore, from: ImageDirectory): Promise<BaseImage> {
  if ((await lengthOf(join(from.path, 'manifest.json'))) === undefined) {
    throw new ElementError({
      code: 'IMAGE',
      message: `${from.label} is neither an OCI image layout nor an archive of \`docker save\``,
      hint: 'a layout contains an `index.json`, an archive a `manifest.json`',
    });
  }
  const saved = (await readImageJson(join(from.path, 'manifest.json'), from.label)) as readonly SavedImage[];
  const [image] = saved;
  if (image === undefined || saved.length !== 1) {
    throw new ElementError({
      code: 'IMAGE',
      message: `${from.label} has ${saved.length} images instead of one`,
    });
  }
  const path = join(from.path, image.Config);
  const config = (await readImageJson(path, from.label)) as ImageConfig;
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== image.Layers.length) throw unlike(from, image.Layers.length, diffIds.length);
  const layers: ImageLayer[] = [];
  for (const [index, name] of image.Layers.entries()) {
    const layer = join(from.path, name);
    const mediaType = (await isGzip(layer)) ? MEDIA.gzipLayer : MEDIA.layer;
    layers.push({ blob: await keepFile(blobs, layer), mediaType, diffId: diffIds[index] ?? '' });
  }
  const id = `sha256:${(await keepFile(blobs, path)).hash}`;
  if (from.digest !== undefined && from.digest !== id) {
    throw new ElementError({
      code: 'IMAGE',
      message: `${from.label} holds the image \`${id}\`, not \`${from.digest}\``,
      hint: "an archive of `docker save` is pinned by the image's id",
    });
  }
  return { name: from.label, id, config, layers };
}

/** An entry of the `manifest.json` that `docker save` writes. */
interface SavedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** Keeps a blob that is named by its digest. */
async function keep(blobs: BlobStore, from: ImageDirectory, { digest, size }: Descriptor): Promise<Digest> {
  const named: Digest = { hash: digest.replace(/^sha256:/, ''), sizeBytes: size };
  if ((await blobs.findMissing([named])).length === 0) return named;
  const path = blobPath(from, { digest });
  try {
    await blobs.write(named, createReadStream(path));
  } catch (cause) {
    if (!(cause instanceof ElementError) && errnoOf(cause) !== 'ENOENT') throw cause;
    const what = errnoOf(cause) === 'ENOENT' ? 'does not exist' : 'does not match its digest';
    throw new ElementError({ code: 'IMAGE', message: `${from.label}: the blob \`${digest}\` ${what}`, cause });
  }
  return named;
}

/** Keeps a file that nothing names. */
async function keepFile(blobs: BlobStore, path: string): Promise<Digest> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).byteLength;
  }
  const digest = { hash: hash.digest('hex'), sizeBytes };
  if ((await blobs.findMissing([digest])).length > 0) await blobs.write(digest, createReadStream(path));
  return digest;
}

function blobPath({ path }: ImageDirectory, { digest }: Pick<Descriptor, 'digest'>): string {
  return join(path, 'blobs', ...digest.split(':'));
}

/** OCI's name of a layer's form. @throws ElementError IMAGE for one that cannot be read */
function layerType(mediaType: string, { label }: ImageDirectory): string {
  switch (mediaType) {
    case MEDIA.layer:
    case 'application/vnd.docker.image.rootfs.diff.tar':
      return MEDIA.layer;
    case MEDIA.gzipLayer:
    case 'application/vnd.docker.image.rootfs.diff.tar.gzip':
      return MEDIA.gzipLayer;
    default:
      throw new ElementError({
        code: 'IMAGE',
        message: `${label} has a layer of the type \`${mediaType}\``,
        hint: 'layers must be tar archives, optionally compressed with gzip',
      });
  }
}

function unlike({ label }: ImageDirectory, layers: number, diffIds: number): ElementError {
  return new ElementError({
    code: 'IMAGE',
    message: `${label} has ${layers} layers, but its configuration lists ${diffIds}`,
  });
}
