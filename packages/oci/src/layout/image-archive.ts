import { Readable } from 'node:stream';
import type { BlobStore } from '@wheelhouse/element';
import type { LaidOutImage } from './image-layout.js';
import { writeTar, type TarItem } from '../format/tar-archive.js';

/**
 * An image as `docker save` packs it, which every engine takes; image layouts are taken by newer ones only.
 *
 * @param tags names to give it
 */
export function imageArchive(blobs: BlobStore, image: LaidOutImage, tags: readonly string[]): Readable {
  return Readable.from(writeTar(itemsOf(blobs, image, tags)), { objectMode: false });
}

function itemsOf(blobs: BlobStore, { config, layers }: LaidOutImage, tags: readonly string[]): TarItem[] {
  const names = layers.map(({ blob }) => `${blob.hash}/layer.tar`);
  const manifest = Buffer.from(JSON.stringify([{ Config: `${config.hash}.json`, RepoTags: tags, Layers: names }]));
  // A layer that an image has twice is packed once.
  const files = new Map([
    [`${config.hash}.json`, config],
    ...layers.map(({ blob }, index) => [names[index] ?? '', blob] as const),
  ]);
  return [
    ...[...files].map(([name, digest]) => ({ header: { name, size: digest.sizeBytes }, body: blobs.read(digest) })),
    { header: { name: 'manifest.json', size: manifest.byteLength }, body: Readable.from([manifest]) },
  ];
}
