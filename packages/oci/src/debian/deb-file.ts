import { posix } from 'node:path';
import { ElementError, type BlobStore, type Digest } from '@wheelhouse/element';
import { isSystemPath } from '@wheelhouse/element/internal';
import { readTar } from '../format/tar-archive.js';
import { readEntries, type LayerEntry } from '../layers/layer-changes.js';
import { readAr } from './ar-archive.js';
import { decompress, type FindProgram } from './decompress.js';

/** What a package of Debian contains, as far as a root needs it. */
export interface DebFile {
  /** Without documentation, translations and byte code. */
  readonly entries: readonly LayerEntry[];
  /** The script that would be run after it was unpacked; empty if there is none. */
  readonly postinst: string;
}

/** What packages are read with. */
export interface DebContext {
  readonly blobs: BlobStore;
  readonly temporary: string;
  readonly program: FindProgram;
}

/**
 * Reads a package (deb(5)) that is in a store, and keeps its files.
 *
 * @param label what messages call it @throws ElementError SOURCE, IMAGE, HOST_TOOL
 */
export async function readDeb(deb: Digest, label: string, context: DebContext): Promise<DebFile> {
  const { blobs, temporary, program } = context;
  let postinst = '';
  let entries: readonly LayerEntry[] | undefined;
  for await (const { name, content } of readAr(blobs.read(deb), label)) {
    const [, part, suffix = ''] = /^(control|data)\.tar(?:\.(\w+))?$/.exec(name) ?? [];
    if (part === undefined) continue;
    const archive = decompress(content, suffix, { label, program });
    if (part === 'control') postinst = await fileIn(archive, 'postinst');
    else entries = await readEntries(archive, { blobs, temporary, label });
  }
  if (entries === undefined) {
    throw new ElementError({ code: 'SOURCE', message: `${label} is not a package of Debian: it has no files` });
  }
  return { entries: entries.filter(({ path }) => isSystemPath(`/${path}`)), postinst };
}

async function fileIn(archive: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  let text = '';
  for await (const { header, content } of readTar(archive)) {
    if (posix.normalize(header.name) !== name) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    text = Buffer.concat(chunks).toString('utf8');
  }
  return text;
}
