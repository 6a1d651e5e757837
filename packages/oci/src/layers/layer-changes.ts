import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { digestOf, writeBlob } from '@wheelhouse/element/internal';
import { MEDIA, type ImageLayer } from '../format/base-image.js';
import { readTar, type TarEntry } from '../format/tar-archive.js';

/** One entry of a layer. Paths are relative to the root, without `.` and `..`. */
export type LayerEntry =
  | { readonly type: 'file'; readonly path: string; readonly digest: Digest; readonly isExecutable: boolean }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string }
  | { readonly type: 'link'; readonly path: string; readonly target: string }
  | { readonly type: 'directory'; readonly path: string };

/** What a layer does to the layers below it (OCI image specification, "Layer"). */
export interface LayerChanges {
  /** Paths that are removed. */
  readonly whiteouts: readonly string[];
  /** Directories whose content is removed. */
  readonly opaque: readonly string[];
  /** In the order of the archive. */
  readonly entries: readonly LayerEntry[];
}

/** Up to this many bytes a file is held in memory between being hashed and being kept. */
const HELD_FILE = 256 * 1024;
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/**
 * Reads a layer, and keeps its files. Devices and fifos, which a tree cannot contain, are skipped: a sandbox has its
 * own.
 *
 * @param temporary absolute path of a directory for what is too large to be held in memory
 * @throws ElementError IMAGE if the layer is not the one that the image's configuration names
 */
export async function readLayer(blobs: BlobStore, layer: ImageLayer, temporary: string): Promise<LayerChanges> {
  const changes = { whiteouts: [] as string[], opaque: [] as string[], entries: [] as LayerEntry[] };
  const hash = createHash('sha256');
  for await (const entry of readTar(hashed(plain(blobs, layer), hash))) {
    await addEntry(entry, changes, { blobs, temporary, label: `the layer \`${layer.diffId}\`` });
  }
  const diffId = `sha256:${hash.digest('hex')}`;
  if (diffId === layer.diffId) return changes;
  throw new ElementError({
    code: 'IMAGE',
    message: `the layer \`${layer.diffId}\` has the content \`${diffId}\``,
    hint: 'the base image is damaged: download it again',
  });
}

/** What entries are read with. */
export interface EntryContext {
  readonly blobs: BlobStore;
  /** Absolute path of a directory for what is too large to be held in memory. */
  readonly temporary: string;
  /** What messages call the archive. */
  readonly label: string;
}

/** The entries of an archive that removes nothing, such as that of a package. Its files are kept. @throws ElementError IMAGE */
export async function readEntries(archive: AsyncIterable<Uint8Array>, context: EntryContext): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for await (const entry of readTar(archive))
    await addContent(entry, insidePath(entry.header.name, context), entries, context);
  return entries;
}

async function addEntry(
  entry: TarEntry,
  changes: { whiteouts: string[]; opaque: string[]; entries: LayerEntry[] },
  context: EntryContext,
): Promise<void> {
  const path = insidePath(entry.header.name, context);
  const directory = posix.dirname(path);
  const base = posix.basename(path);
  if (base === OPAQUE) changes.opaque.push(directory === '.' ? '' : directory);
  else if (base.startsWith(WHITEOUT)) changes.whiteouts.push(posix.join(directory, base.slice(WHITEOUT.length)));
  else await addContent(entry, path, changes.entries, context);
}

async function addContent(entry: TarEntry, path: string, entries: LayerEntry[], context: EntryContext): Promise<void> {
  const { type, linkname, mode } = entry.header;
  if (path === '.') return;
  switch (type) {
    case 'file':
    case 'contiguous-file':
      entries.push({
        type: 'file',
        path,
        digest: await keepContent(entry, context),
        isExecutable: (mode & 0o100) !== 0,
      });
      break;
    case 'symlink':
      entries.push({ type, path, target: linkname });
      break;
    case 'link':
      entries.push({ type, path, target: insidePath(linkname, context) });
      break;
    case 'directory':
      entries.push({ type, path });
      break;
    default:
      break;
  }
}

function insidePath(name: string, { label }: Pick<EntryContext, 'label'>): string {
  const path = posix.normalize(name.replace(/^\/+/, '')).replace(/\/$/, '');
  if (path !== '..' && !path.startsWith('../')) return path;
  throw new ElementError({
    code: 'IMAGE',
    message: `${label} has \`${name}\`, which points outside of the image`,
  });
}

/** Keeps a file whose digest is known only when all of it was read. */
async function keepContent({ header, content }: TarEntry, { blobs, temporary }: EntryContext): Promise<Digest> {
  if (header.size <= HELD_FILE) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const digest = digestOf(bytes);
    return (await blobs.findMissing([digest])).length === 0 ? digest : await writeBlob(blobs, bytes);
  }
  const path = join(temporary, 'file');
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(path, 'w');
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  const digest = { hash: hash.digest('hex'), sizeBytes };
  if ((await blobs.findMissing([digest])).length > 0) await blobs.write(digest, createReadStream(path));
  return digest;
}

function plain(blobs: BlobStore, { blob, mediaType }: ImageLayer): AsyncIterable<Uint8Array> {
  const raw = Readable.from(blobs.read(blob), { objectMode: false });
  if (mediaType !== MEDIA.gzipLayer) return raw;
  const unpacked = createGunzip();
  raw.on('error', (error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}

async function* hashed(
  body: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}
