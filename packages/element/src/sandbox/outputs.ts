import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../base/errno.js';
import { ElementError } from '../base/error.js';
import { captureTree } from '../cas/capture.js';
import type { Digest } from '../cas/digest.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Action } from '../plugin/ports.js';
import { emptyTree, openTree, splitPath, subtree, writeTree, type MutableTree } from '../cas/tree.js';
import { below, guestPath, isWithin } from './guest-path.js';
import { takeAway, typeWithin } from './mount-point.js';
import type { RootPlan } from './root-plan.js';

/**
 * Collects an action's outputs after its commands have ended: from the private copies what commands could write, from
 * the root's tree what they could not.
 *
 * @param copies the private copies, in the order of the plan's writable parts
 * @returns in the order of the action's outputs; `undefined` if there is no such directory
 * @throws ElementError ARTIFACT if an output is something else, or holds what a tree cannot
 */
export async function collectOutputs(
  blobs: BlobStore,
  action: Action,
  plan: RootPlan,
  copies: readonly string[],
): Promise<(Digest | undefined)[]> {
  const parts = plan.writable.map(({ path, added }, index) => ({ path, added, copy: copies[index] ?? '' }));
  for (const { copy, added } of parts) {
    await opening(copy, () => {
      takeAway(copy, added);
    });
  }
  const outputs: (Digest | undefined)[] = [];
  for (const output of action.outputs.map(guestPath)) {
    const part = parts.find(({ path }) => isWithin(output, path));
    if (part !== undefined) {
      const { copy, path } = part;
      outputs.push(await opening(copy, () => captureBelow(blobs, copy, below(output, path), output)));
      continue;
    }
    let tree = action.root;
    for (const { path, copy } of parts) {
      if (!isWithin(path, output)) continue;
      tree = await replaced(blobs, tree, path, await opening(copy, () => captureTree(blobs, copy, { label: path })));
    }
    outputs.push(await subtree(blobs, tree, output));
  }
  return outputs;
}

async function captureBelow(blobs: BlobStore, copy: string, path: string, output: string): Promise<Digest | undefined> {
  // A link that a command put on the way would lead out of the copy.
  const names = splitPath(path);
  for (const depth of names.keys()) {
    const walked = names.slice(0, depth + 1).join('/');
    const type = typeWithin(copy, walked);
    if (type === undefined) return undefined;
    if (type === 'directory') continue;
    throw new ElementError({
      code: 'ARTIFACT',
      message: `\`${output}\` cannot be collected: \`${output.slice(0, output.length - path.length)}${walked}\` is a ${type === 'other' ? 'special file' : type}, not a directory`,
    });
  }
  return await captureTree(blobs, join(copy, path), { label: output });
}

/**
 * What `read` makes of a private copy. Modes that close an entry to its owner stop an ordinary user but not root, and
 * a tree holds no such modes: where they do, they are opened.
 */
async function opening<T>(copy: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isPermission(error) && !(error instanceof ElementError && isPermission(error.cause))) throw error;
    openModes(copy);
    return await read();
  }
}

function isPermission(error: unknown): boolean {
  return errnoOf(error) === 'EACCES';
}

function openModes(directory: string): void {
  const path = Buffer.from(directory);
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
