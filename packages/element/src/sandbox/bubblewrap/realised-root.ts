import { chmodSync, mkdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../../cas/digest.js';
import type { Layer } from '../../cas/layer.js';
import { emptyTree, writeTree } from '../../cas/tree.js';
import type { BlobStore } from '../../cas/blob-store.js';
import type { LocalTrees } from '../../plugin/local-ports.js';
import { SANDBOX_MTIME } from '../contract.js';
import { isWithin } from '../guest-path.js';
import { addMountPoints, layOut, type AddedEntry } from '../mount-point.js';
import type { RootPlan } from '../root-plan.js';
import { stackMounts, topFirst, type OverlayMount, type StackedLayer } from './layer-stack.js';

/**
 * How a root becomes a directory of this machine: `overlay` stacks the kept trees of the layers, `tree` keeps the merged
 * tree, or makes a copy of it if commands may write all of it. All look the same from inside (docs/adr/0005, 0106).
 */
export type Realisation = 'overlay' | 'tree';

/** The two sides of an overlay that commands may write. */
export interface WrittenOverlay {
  /** Absolute path of the directory that takes what is written. */
  readonly upper: string;
  /** The tree under it. */
  readonly lower: Digest;
}

/** A root that is on this machine, and what has to be mounted for it. */
export interface RealisedRoot {
  /** Absolute path of the directory that becomes `/`. */
  readonly path: string;
  /** The overlays to mount, the last one at `path`; their options name directories relative to `cwd`. */
  readonly overlay?: { readonly cwd: string; readonly mounts: readonly OverlayMount[] };
  /** Absolute paths of what commands may write, in the order of the plan's writable parts. */
  readonly writable: readonly string[];
  /** Present if the root is an overlay that commands may write. */
  readonly written?: WrittenOverlay;
}

/** What a root is realised with. */
export interface RealiseOptions {
  readonly store: { readonly blobs: BlobStore; readonly trees: LocalTrees };
  /** Absolute path of an empty directory of this realisation's own. */
  readonly scratch: string;
  /** Lowest first; laid over one another they are the plan's tree without its mount points. */
  readonly layers: readonly Layer[] | undefined;
  readonly realisation: Realisation;
}

/** Makes the plan's root and its writable parts directories of this machine. */
export async function realiseRoot(plan: RootPlan, options: RealiseOptions): Promise<RealisedRoot> {
  const layers = options.realisation === 'overlay' ? topFirst(options.layers ?? []) : [];
  const stacked = layers.length === 0 ? undefined : await stackLayers(plan, layers, options);
  const whole = plan.writable[0]?.path === '/';
  if (stacked !== undefined && whole) return stacked;
  const writable = await copyWritable(plan, options);
  if (stacked !== undefined) return { ...stacked, writable };
  const [copy] = writable;
  if (whole && copy !== undefined) return { path: copy, writable };
  const { blobs, trees } = options.store;
  const kept = await trees.keep({ tree: await writeTree(blobs, plan.tree) });
  if (kept === undefined) throw new Error('a tree that removes nothing was not kept');
  return { path: kept.path, writable };
}

/** Makes private copies of the writable parts. @returns their absolute paths */
export async function copyWritable(
  plan: RootPlan,
  { store, scratch }: Pick<RealiseOptions, 'store' | 'scratch'>,
): Promise<string[]> {
  const copies: string[] = [];
  for (const [index, part] of plan.writable.entries()) {
    const copy = join(scratch, `writable-${index}`);
    makeDirectory(copy);
    if (part.content !== undefined) await store.trees.checkOut(part.content, copy, { mtime: SANDBOX_MTIME });
    layOut(copy, [...part.made, ...part.added]);
    utimesSync(copy, SANDBOX_MTIME, SANDBOX_MTIME);
    copies.push(copy);
  }
  return copies;
}

/** Mount points are above all layers, where none of them hides them. @returns `undefined` if they cannot be stacked */
async function stackLayers(
  plan: RootPlan,
  layers: readonly Layer[],
  { store, scratch }: RealiseOptions,
): Promise<RealisedRoot | undefined> {
  const [part] = plan.writable;
  const whole = part?.path === '/' ? part : undefined;
  const added = whole === undefined ? plan.added : [...whole.made, ...whole.added];
  const own = added.filter(({ path }) => plan.writable.some((each) => isOnTheWay(path, each.path.slice(1))));
  // The others are the same for many elements.
  const shared = {
    tree: await treeOfAdded(
      store.blobs,
      added.filter((each) => !own.includes(each)),
    ),
  };
  const kept: StackedLayer[] = [];
  for (const layer of shared.tree.sizeBytes === 0 ? layers : [shared, ...layers]) {
    const tree = await store.trees.keep(layer);
    if (tree === undefined) return undefined;
    kept.push({ layer, directory: tree.link });
  }
  const base = join(scratch, 'base');
  makeDirectory(base);
  layOut(base, own);
  const upper =
    whole === undefined ? undefined : { directory: join(scratch, 'upper'), work: join(scratch, 'overlay-work') };
  if (upper !== undefined) {
    makeDirectory(upper.directory);
    mkdirSync(upper.work);
  }
  const cwd = dirname(kept[0]?.directory ?? '');
  const mounts = stackMounts(kept, { cwd, base, scratch, ...(upper === undefined ? {} : { upper }) });
  const path = mounts?.at(-1)?.target;
  if (mounts === undefined || path === undefined) return undefined;
  if (whole === undefined || upper === undefined) return { path, overlay: { cwd, mounts }, writable: [] };
  const written = { upper: upper.directory, lower: await writeTree(store.blobs, whole.tree) };
  return { path, overlay: { cwd, mounts }, writable: [path], written };
}

function isOnTheWay(path: string, writable: string): boolean {
  return writable !== '' && (isWithin(writable, path) || isWithin(path, writable));
}

async function treeOfAdded(blobs: BlobStore, added: readonly AddedEntry[]): Promise<Digest> {
  const tree = emptyTree();
  await addMountPoints(
    blobs,
    tree,
    added.map((each) => ({ ...each, purpose: '' })),
  );
  return await writeTree(blobs, tree);
}

/** Modes are visible inside, so they must not depend on the user's umask. */
function makeDirectory(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o755);
  utimesSync(path, SANDBOX_MTIME, SANDBOX_MTIME);
}
