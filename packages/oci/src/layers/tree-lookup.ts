import { posix } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import { readDirectory, splitPath } from '@wheelhouse/element/internal';

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/** What a path leads to. */
export type Found =
  | { readonly type: 'file'; readonly digest: Digest; readonly isExecutable: boolean }
  | { readonly type: 'directory'; readonly digest: Digest };

/** What an absolute path leads to in a tree that is a root, symbolic links followed. @returns `undefined` for nothing */
export async function lookUp(blobs: BlobStore, root: Digest, path: string): Promise<Found | undefined> {
  const ahead = splitPath(path).reverse();
  const above: Digest[] = [root];
  for (let links = 0; links <= MOST_LINKS;) {
    const name = ahead.pop();
    const current = above.at(-1) ?? root;
    if (name === undefined) return { type: 'directory', digest: current };
    if (name === '..') {
      if (above.length > 1) above.pop();
      continue;
    }
    const { files, symlinks, directories } = await readDirectory(blobs, current);
    const link = symlinks.find((node) => node.name === name);
    if (link !== undefined) {
      links += 1;
      if (posix.isAbsolute(link.target)) above.length = 1;
      ahead.push(...splitPath(link.target).reverse());
      continue;
    }
    const directory = directories.find((node) => node.name === name);
    if (directory !== undefined) {
      above.push(directory.digest);
      continue;
    }
    const file = files.find((node) => node.name === name);
    return file === undefined || ahead.length > 0
      ? undefined
      : { type: 'file', digest: file.digest, isExecutable: file.isExecutable };
  }
  return undefined;
}

/** Whether a directory of `search`, as `PATH` lists them, holds a program of that name, or a path leads to one. */
export async function hasProgram(
  blobs: BlobStore,
  root: Digest,
  { program, search }: { readonly program: string; readonly search: string },
): Promise<boolean> {
  const paths = program.includes('/') ? [program] : search.split(':').map((directory) => `${directory}/${program}`);
  for (const path of paths) {
    const found = await lookUp(blobs, root, path);
    if (found?.type === 'file' && found.isExecutable) return true;
  }
  return false;
}
