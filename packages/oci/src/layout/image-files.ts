import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ElementError } from '@wheelhouse/element';
import { readTar, type TarEntry } from '../format/tar-archive.js';

/** The first bytes of what gzip has compressed. */
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Unpacks an archive that holds an image, not the image's root: files and links, as `docker save` and image layouts
 * have them.
 *
 * @param directory absolute path of an empty directory @throws ElementError IMAGE
 */
export async function unpackImageArchive(
  archive: AsyncIterable<Uint8Array>,
  directory: string,
  label: string,
): Promise<void> {
  try {
    for await (const entry of readTar(archive)) await unpackEntry(entry, directory, label);
  } catch (cause) {
    if (cause instanceof ElementError) throw cause;
    throw new ElementError({ code: 'IMAGE', message: `${label} is not a complete tar archive`, cause });
  }
}

async function unpackEntry({ header, content }: TarEntry, directory: string, label: string): Promise<void> {
  const { name, type, linkname } = header;
  const path = inside(name, '.', label);
  const target = join(directory, path);
  if (type === 'file' || type === 'contiguous-file') {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  } else if (type === 'symlink') {
    inside(linkname, posix.dirname(path), label);
    await mkdir(dirname(target), { recursive: true });
    await symlink(linkname, target);
  }
}

/** A path below the archive's directory. @throws ElementError IMAGE */
function inside(name: string, from: string, label: string): string {
  const path = posix.normalize(posix.join(from, name));
  if (!posix.isAbsolute(name) && path !== '..' && !path.startsWith('../')) return path;
  throw new ElementError({ code: 'IMAGE', message: `${label} has \`${name}\`, which points outside of it` });
}

/** A file as it is read, without the compression by gzip that it may have. */
export async function openUncompressed(path: string): Promise<Readable> {
  const raw = createReadStream(path);
  if (!(await isGzip(path))) return raw;
  const plain = createGunzip();
  raw.on('error', (error) => plain.destroy(error));
  return raw.pipe(plain);
}

/** Whether gzip has compressed a file. */
export async function isGzip(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 1 })) return GZIP.equals(chunk as Buffer);
  return false;
}

/** A JSON file of an image. @throws ElementError IMAGE */
export async function readImageJson(path: string, label: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new ElementError({ code: 'IMAGE', message: `${label}: cannot read \`${posix.basename(path)}\``, cause });
  }
}

/** The length of a file; `undefined` if there is none. */
export async function lengthOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true ? stats.size : undefined;
}
