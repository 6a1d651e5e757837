import { chmodSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../cas/digest.js';
import { writeTree } from '../../cas/tree.js';
import type { BlobStore } from '../../cas/blob-store.js';
import type { LocalTrees, TreeLease } from '../../plugin/local-ports.js';
import { SANDBOX_MTIME } from '../contract.js';
import { layOut } from '../mount-point.js';
import type { RootPlan } from '../root-plan.js';

/**
 * How a read-only root becomes a directory of this machine: `overlay` stacks the kept trees of the layers, `tree` keeps the
 * merged tree. Both look the same from inside (docs/adr/0005).
 */
export type Realisation = 'overlay' | 'tree';

/** The kernel takes 500 lower directories; beyond this many, and in more than this many bytes, the trees are merged. */
const MOST_LAYERS = 400;
const MOST_OPTION_BYTES = 3900;

/** A root that is on this machine, and what has to be mounted for it. */
export interface RealisedRoot {
  readonly realisation: Realisation | 'copy';
  /** Absolute path of the directory that becomes `/`. */
  readonly path: string;
  /** The overlay to mount at `path`; `options` name directories relative to `cwd`. */
  readonly overlay?: { readonly cwd: string; readonly options: string };
  /** Absolute paths of the private copies, in the order of the plan's writable parts. */
  readonly writable: readonly string[];
}

/** What a root is realised with. */
export interface RealiseOptions {
  readonly store: { readonly blobs: BlobStore; readonly trees: LocalTrees };
  /** An empty directory of this run's own. */
  readonly scratch: string;
  /** Lowest first; their plain overlay equals the plan's tree without its mount points. */
  readonly layers: readonly Digest[] | undefined;
  readonly realisation: Realisation;
  /** Is given each lease on a kept tree, to be released after the run. */
  hold(lease: TreeLease): void;
}

/** Makes the private copies of the writable parts. @returns their absolute paths */
export async function copyWritable(plan: RootPlan, trees: LocalTrees, scratch: string): Promise<string[]> {
  const copies: string[] = [];
  for (const [index, part] of plan.writable.entries()) {
    const copy = join(scratch, `writable-${index}`);
    makeDirectory(copy);
    if (part.content !== undefined) await trees.checkOut(part.content, copy, { mtime: SANDBOX_MTIME });
    layOut(copy, [...part.made, ...part.added]);
    utimesSync(copy, SANDBOX_MTIME, SANDBOX_MTIME);
    copies.push(copy);
  }
  return copies;
}

/** Makes the plan's root a directory of this machine; {@link copyWritable} has made the copies. */
export async function realiseRoot(
  plan: RootPlan,
  writable: readonly string[],
  options: RealiseOptions,
): Promise<RealisedRoot> {
  const [whole] = writable;
  if (plan.writable[0]?.path === '/' && whole !== undefined) return { realisation: 'copy', path: whole, writable };
  if (options.realisation === 'overlay' && options.layers !== undefined) {
    // A directory may be a lower directory once; what is under its copy would be hidden by it anyway.
    const layers = [...new Map([...options.layers].reverse().map((layer) => [layer.hash, layer])).values()];
    const lowers = [...layers.keys(), layers.length].map((index) => index.toString(36)).join(':');
    const mountOptions = `lowerdir=${lowers},userxattr`;
    if (layers.length > 0 && layers.length <= MOST_LAYERS && mountOptions.length <= MOST_OPTION_BYTES) {
      return { ...(await stackLayers(plan, layers, mountOptions, options)), writable };
    }
  }
  const lease = await options.store.trees.acquire(await writeTree(options.store.blobs, plan.tree));
  options.hold(lease);
  return { realisation: 'tree', path: lease.path, writable };
}

/**
 * The top layer comes first; a tree of mount points is under all. Numbers stand for the trees: the option is a page.
 */
async function stackLayers(
  plan: RootPlan,
  topFirst: readonly Digest[],
  mountOptions: string,
  options: RealiseOptions,
): Promise<Pick<RealisedRoot, 'realisation' | 'path' | 'overlay'>> {
  const { store, scratch } = options;
  const links = join(scratch, 'layers');
  mkdirSync(links);
  // All at the same time, so that one process holds the leases; those that were given are held even when another fails.
  const leases = await Promise.allSettled(topFirst.map((layer) => store.trees.acquire(layer)));
  for (const lease of leases) if (lease.status === 'fulfilled') options.hold(lease.value);
  for (const [index, lease] of leases.entries()) {
    if (lease.status === 'rejected') throw lease.reason;
    symlinkSync(lease.value.path, join(links, index.toString(36)));
  }
  const base = join(links, topFirst.length.toString(36));
  makeDirectory(base);
  layOut(base, plan.added);
  const path = join(scratch, 'root');
  mkdirSync(path);
  return { realisation: 'overlay', path, overlay: { cwd: links, options: mountOptions } };
}

/** Modes are visible inside, so they must not depend on the user's umask. */
function makeDirectory(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o755);
  utimesSync(path, SANDBOX_MTIME, SANDBOX_MTIME);
}
