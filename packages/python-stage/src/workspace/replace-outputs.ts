import { lstatSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import {
  captureTree,
  checkoutTree,
  digestOnlyBlobs,
  makeDirectory,
  namingPath,
  sameDigest,
} from '@wheelhouse/element/internal';

/** What is to be at an absolute path: a directory with a tree, a file with a text, or nothing. */
export type Output = { readonly path: string } & (
  { readonly tree: Digest } | { readonly text: string } | { readonly absent: true }
);

/** A place whose content is to change, and its prepared replacement: nothing if it is only to be removed. */
interface Step {
  readonly path: string;
  /** A directory beside `path` that holds `new`, and takes what was there as `old`. */
  readonly room: string;
  readonly hasNew: boolean;
}

/**
 * Makes outputs what they are to be, all together: everything is written beside its place first, and only then put
 * there, in the order given. Where a disk is full or read-only, all is as it was before. What is right already is left
 * unchanged.
 *
 * @returns whether anything was changed @throws the error of the system call that failed, with its path
 */
export async function replaceOutputs(blobs: BlobStore, outputs: readonly Output[]): Promise<boolean> {
  const steps: Step[] = [];
  const done: Step[] = [];
  try {
    for (const output of outputs) {
      if (await isRight(output)) continue;
      const { path } = output;
      makeDirectory(dirname(path));
      const step = {
        path,
        room: await mkdtemp(join(dirname(path), `.${basename(path)}-`)),
        hasNew: !('absent' in output),
      };
      steps.push(step);
      await prepare(blobs, output, join(step.room, 'new'));
    }
    for (const step of steps) {
      done.push(step);
      if (isThere(step.path)) await rename(step.path, join(step.room, 'old'));
      if (step.hasNew) await rename(join(step.room, 'new'), step.path);
    }
  } catch (error) {
    for (const step of done.reverse()) await undo(step);
    await Promise.all(steps.map(({ room }) => rm(room, { recursive: true, force: true })));
    throw error;
  }
  await Promise.all(steps.map(({ room }) => rm(room, { recursive: true, force: true })));
  return steps.length > 0;
}

async function isRight(output: Output): Promise<boolean> {
  const { path } = output;
  if ('absent' in output) return !isThere(path);
  if (!isThere(path)) return false;
  const isDirectory = lstatSync(path).isDirectory();
  if ('text' in output) return lstatSync(path).isFile() && (await readFile(path, 'utf8')) === output.text;
  return isDirectory && sameDigest(await captureTree(digestOnlyBlobs(), path, { label: path }), output.tree);
}

async function prepare(blobs: BlobStore, output: Output, fresh: string): Promise<void> {
  if ('text' in output) {
    await writeFile(fresh, output.text).catch((error: unknown) =>
      namingPath(output.path, () => {
        throw error;
      }),
    );
  } else if ('tree' in output) {
    await checkoutTree(blobs, output.tree, fresh);
    await chmod(fresh, 0o755);
  }
}

/** Puts back what a step has moved, as far as it came. */
async function undo({ path, room, hasNew }: Step): Promise<void> {
  const isPlaced = hasNew && !isThere(join(room, 'new'));
  if (isPlaced) await rename(path, join(room, 'new'));
  if (isThere(join(room, 'old'))) await rename(join(room, 'old'), path);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
