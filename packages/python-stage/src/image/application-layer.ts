import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import { SANDBOX_MTIME, splitPath, walkTree, writeBlob } from '@wheelhouse/element/internal';
import {
  MEDIA,
  ociDigest,
  type ImageLayer,
  writeTar,
  type TarItem,
  lookUp,
  type ImageUser,
} from '@wheelhouse/oci/internal';

/** What an application's layer is made from. */
export interface LayerInput {
  readonly blobs: BlobStore;
  /** The root of the base image: directories that it has are not written again. */
  readonly below: Digest;
  /** What is installed, from the root on. */
  readonly added: Digest;
  readonly user: ImageUser;
  /** Absolute path of a directory for the archive while it is made. */
  readonly temporary: string;
}

/** One entry of the archive; `id` is its user and group. */
type LayerItem = { readonly path: string; readonly id: number } & (
  | { readonly type: 'directory' }
  | { readonly type: 'file'; readonly digest: Digest; readonly isExecutable: boolean }
  | { readonly type: 'symlink'; readonly target: string }
);

/**
 * Packs what an application adds to its base: entries sorted, of one time, owned by root but for the user's home, and
 * not compressed, since compressors of different versions give different bytes (docs/adr/0036).
 */
export async function packApplicationLayer(input: LayerInput): Promise<ImageLayer> {
  const { blobs, temporary } = input;
  const path = join(temporary, 'layer.tar');
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(path, 'w');
  try {
    for await (const chunk of writeTar((await itemsOf(input)).map((item) => tarItem(item, blobs)))) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  const blob = { hash: hash.digest('hex'), sizeBytes };
  if ((await blobs.findMissing([blob])).length > 0) await blobs.write(blob, createReadStream(path));
  return { blob, mediaType: MEDIA.layer, diffId: ociDigest(blob) };
}

async function itemsOf({ blobs, below, added, user }: LayerInput): Promise<LayerItem[]> {
  const items = new Map<string, LayerItem>();
  for await (const entry of walkTree(blobs, added)) items.set(entry.path, { ...entry, id: 0 });
  for (const [path, text] of Object.entries(user.files)) {
    const relative = splitPath(path).join('/');
    const digest = await writeBlob(blobs, text);
    items.set(relative, { type: 'file', path: relative, digest, isExecutable: false, id: 0 });
  }
  const home = splitPath(user.home).join('/');
  const hasHome = (await lookUp(blobs, below, user.home)) !== undefined;
  if (!hasHome) items.set(home, { type: 'directory', path: home, id: user.id });
  for (const path of [...items.keys()]) {
    for (let at = posix.dirname(path); at !== '.'; at = posix.dirname(at)) {
      if (!items.has(at)) items.set(at, { type: 'directory', path: at, id: 0 });
    }
  }
  const kept: LayerItem[] = [];
  for (const item of items.values()) {
    const isThere = item.type === 'directory' && (await lookUp(blobs, below, item.path))?.type === 'directory';
    if (!isThere) kept.push(item);
  }
  return kept.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function tarItem(item: LayerItem, blobs: BlobStore): TarItem {
  const common = { name: item.path, uid: item.id, gid: item.id, mtime: new Date(SANDBOX_MTIME * 1000) };
  switch (item.type) {
    case 'directory':
      return { header: { ...common, name: `${item.path}/`, type: 'directory', mode: 0o755 } };
    case 'symlink':
      return { header: { ...common, type: 'symlink', linkname: item.target, mode: 0o777 } };
    case 'file': {
      const { digest, isExecutable } = item;
      const header = { ...common, size: digest.sizeBytes, mode: isExecutable ? 0o755 : 0o644 };
      return { header, body: blobs.read(digest) };
    }
    default: {
      const unknown: never = item;
      throw new Error(`no such item: ${JSON.stringify(unknown)}`);
    }
  }
}
