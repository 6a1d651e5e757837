import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { MEDIA, type BaseImage, type ImageConfig, type ImageLayer } from '../format/base-image.js';
import type { ImageContent, ImageIndex, WantedImage } from '../format/image-content.js';
import { isGzip, lengthOf, readImageJson } from './image-files.js';
import { checkedPlatform, readImageContent, unlikeLayers } from './read-image-content.js';

/** A directory with an image, to be read into a store. */
export interface ImageDirectory extends WantedImage {
  /** Absolute path. */
  readonly path: string;
}

/**
 * Keeps the blobs of the image in a directory: an OCI image layout, or what `docker save` packs.
 *
 * @throws ElementError IMAGE
 */
export async function readImage(blobs: BlobStore, from: ImageDirectory): Promise<BaseImage> {
  const isLayout = (await lengthOf(join(from.path, 'index.json'))) !== undefined;
  return isLayout
    ? await readImageContent(blobs, layoutContent(from), from)
    : checkedPlatform(await readSaved(blobs, from), from);
}

/** OCI image specification, "Image Layout". */
function layoutContent({ path, label }: ImageDirectory): ImageContent {
  const place = (digest: string): string => join(path, 'blobs', ...digest.split(':'));
  return {
    index: async () => (await readImageJson(join(path, 'index.json'), label)) as ImageIndex,
    manifest: async (digest) => await readImageJson(place(digest), label),
    blob: (digest) => createReadStream(place(digest)),
  };
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
  if (diffIds.length !== image.Layers.length) throw unlikeLayers(from.label, image.Layers.length, diffIds.length);
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
