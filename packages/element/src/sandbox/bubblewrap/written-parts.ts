import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobStore } from '../../cas/blob-store.js';
import { captureTree } from '../../cas/capture.js';
import type { Digest } from '../../cas/digest.js';
import { subtree } from '../../cas/tree.js';
import type { WrittenPart } from '../outputs.js';
import type { RootPlan } from '../root-plan.js';
import type { MountView } from './mount-view.js';
import type { WrittenOverlay } from './realised-root.js';

/** The private copies that commands could write. @param copies absolute paths, in the order of the plan's writable parts */
export function copiedParts(blobs: BlobStore, plan: RootPlan, copies: readonly string[]): WrittenPart[] {
  return plan.writable.map(({ path, added }, index): WrittenPart => {
    const directory = copies[index] ?? '';
    const capture = (below: string, label: string): Promise<Digest> =>
      captureTree(blobs, join(directory, below), { label });
    return { path, added, directory, capture };
  });
}

/** A whole root that is an overlay. What was not written is taken from the tree under it, and is not read. */
export function overlaidRoot(
  blobs: BlobStore,
  plan: RootPlan,
  { upper, lower }: WrittenOverlay,
  view: MountView,
): WrittenPart {
  return {
    path: '/',
    added: plan.writable[0]?.added ?? [],
    directory: view.path,
    capture: async (below, label) => {
      const under = await subtree(blobs, lower, below);
      const directory = join(upper, below);
      if (lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) {
        return await captureTree(blobs, directory, { label, over: { tree: under, merged: join(view.path, below) } });
      }
      if (under === undefined) throw new Error(`\`${label}\` is neither in an overlay nor under it`);
      return under;
    },
  };
}
