import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { errnoOf } from '../base/errno.js';
import { ElementError } from '../base/error.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Action } from '../plugin/ports.js';
import { emptyTree, openTree, splitPath, subtree, writeTree, type MutableTree } from '../cas/tree.js';
import { below, guestPath, isWithin } from './guest-path.js';
import { takeAway, typeWithin, type AddedEntry } from './mount-point.js';

/** A part of the root that commands could write, after they have ended. */
export interface WrittenPart {
  /** Absolute path inside the sandbox; `/` for the whole root. */
  readonly path: string;
  /** Mount points, which do not belong to what commands left. */
  readonly added: readonly AddedEntry[];
  /** Absolute path on this machine at which what commands left is seen, and can be changed. */
  readonly directory: string;
  /**
   * Keeps a directory of it as a tree.
   *
   * @param below the directory's path relative to the part
   * @param label what errors call it
   */
  readonly capture: (below: string, label: string) => Promise<Digest>;
}

/**
 * Collects an action's outputs after its commands have ended: from the parts that commands could write what they left, from
 * the root's tree the rest.
 *
 * @returns in the order of the action's outputs; `undefined` if there is no such directory
 * @throws ElementError ARTIFACT if an output is something else, or holds what a tree cannot
 */
export async function collectOutputs(
  blobs: BlobStore,
  action: Action,
  parts: readonly WrittenPart[],
): Promise<(Digest | undefined)[]> {
  for (const { directory, added } of parts) {
    await opening(directory, () => {
      takeAway(directory, added);
    });
  }
  const outputs: (Digest | undefined)[] = [];
  for (const output of action.outputs.map(guestPath)) {
    const part = parts.find(({ path }) => isWithin(output, path));
    if (part !== undefined) {
      outputs.push(await opening(part.directory, () => captureBelow(part, below(output, part.path), output)));
      continue;
    }
    let tree = action.root;
    for (const { path, directory, capture } of parts) {
      if (!isWithin(path, output)) continue;
      tree = await replaced(blobs, tree, path, await opening(directory, () => capture('', path)));
    }
    outputs.push(await subtree(blobs, tree, output));
  }
  return outputs;
}

async function captureBelow(
  { directory, capture }: WrittenPart,
  path: string,
  output: string,
): Promise<Digest | undefined> {
  // A link that a command put on the way would lead out of the part.
  const names = splitPath(path);
  for (const depth of names.keys()) {
    const walked = names.slice(0, depth + 1).join('/');
    const type = typeWithin(directory, walked);
    if (type === undefined) return undefined;
    if (type === 'directory') continue;
    throw new ElementError({
      code: 'ARTIFACT',
      message: `\`${output}\` cannot be collected: \`${output.slice(0, output.length - path.length)}${walked}\` is a ${type === 'other' ? 'special file' : type}, not a directory`,
    });
  }
  return await capture(path, output);
}

/**
 * What `read` makes of what commands left. Modes that close an entry to its owner stop an ordinary user but not root, and
 * a tree holds no such modes: where they do, they are opened.
 */
async function opening<T>(directory: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isPermission(error) && !(error instanceof ElementError && isPermission(error.cause))) throw error;
    openModes(directory);
    return await read();
  }
}

function isPermission(error: unknown): boolean {
  return errnoOf(error) === 'EACCES';
}

function openModes(directory: string): void {
  // The directory itself may be named by a link.
  const path = Buffer.from(`${directory}/.`);
  const visit = (at: Buffer): void => {
    const mode = lstatSync(at).mode & 0o777;
    if ((mode & 0o700) !== 0o700) chmodSync(at, mode | 0o700);
    for (const entry of readdirSync(at, { withFileTypes: true, encoding: 'buffer' })) {
      const child = Buffer.concat([at, Buffer.from('/'), Buffer.from(entry.name)]);
      if (entry.isDirectory()) visit(child);
      else if (entry.isFile()) {
        const { mode: fileMode } = lstatSync(child);
        if ((fileMode & 0o400) === 0) chmodSync(child, (fileMode & 0o777) | 0o400);
      }
    }
  };
  visit(path);
}

/** `tree` with `content` as the directory at `path`, whose parents are made if missing. */
async function replaced(blobs: BlobStore, tree: Digest, path: string, content: Digest): Promise<Digest> {
  const root = await openTree(blobs, tree);
  const names = splitPath(path);
  const last = names.pop();
  if (last === undefined) return content;
  let current: MutableTree = root;
  for (const name of names) {
    const child = current.directories.get(name);
    const opened = child === undefined ? emptyTree() : 'hash' in child ? await openTree(blobs, child) : child;
    current.directories.set(name, opened);
    current = opened;
  }
  current.directories.set(last, content);
  return await writeTree(blobs, root);
}
