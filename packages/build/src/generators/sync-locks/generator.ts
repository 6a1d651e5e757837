import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { formatError } from '@wheelhouse/element/internal';
import { explainFailure } from '@wheelhouse/element/program';
import type { SyncLocksGeneratorSchema } from './schema.js';
import { staleProjects } from './stale-projects.js';
import { openEngine } from '../../engine.js';
import { openWorkspace } from '../../workspace/open-workspace.js';

/** What Nx tells of a workspace that is out of sync. */
export interface OutOfSync {
  readonly outOfSyncMessage: string;
  /** Lines that `nx sync:check` shows. */
  readonly outOfSyncDetails: readonly string[];
  /** Writes the locks; Nx calls it when the user syncs the workspace. */
  readonly callback: () => Promise<void>;
}

/**
 * A file that stands in the tree for the locks to make: Nx takes a workspace for synced where a generator changes
 * nothing. It holds what it never held before, and is gone when the locks are made.
 */
const STANDS_FOR_LOCKS = '.nx/workspace-data/wheelhouse-locks-to-make';

/**
 * A sync generator: updates the locks that no longer match the requirements of their projects. Nx runs it in the
 * background whenever a file changes, so it only reports which those are, without querying an index; the locks are
 * written by `nx sync` (docs/adr/0025).
 *
 * @param options absent if it runs to sync the workspace; `nx generate` calls what a generator returns
 * @returns which projects are out of date and why, or what makes their locks; nothing if none is
 * @throws Error with the text that people are shown, which is all that Nx shows of an error
 */
export default async function syncLocks(
  tree: Tree,
  options?: SyncLocksGeneratorSchema,
): Promise<OutOfSync | (() => Promise<void>) | undefined> {
  const { root } = tree;
  const said: string[] = [];
  const makeLocks = async (): Promise<void> => {
    // Resolving loads much that a workspace in sync does not need.
    const { renewLocks } = await import('./renew-locks.js');
    try {
      await told(said, () => renewLocks(root, process.env));
    } finally {
      rmSync(join(root, STANDS_FOR_LOCKS), { force: true });
    }
  };
  return await told(said, async () => {
    const { env: environment } = process;
    const engine = openEngine({
      environment,
      signal: new AbortController().signal,
      reporter: () => ({ listener: () => undefined }),
    });
    const memo = (name: string): string => engine.store.memo(name);
    const stale = await staleProjects(await openWorkspace({ directory: root, environment, engine, memo }));
    if (stale.length === 0) return undefined;
    said.push(...stale.flatMap(({ reasons }) => reasons.map(formatError)));
    if (options !== undefined) return makeLocks;
    tree.write(STANDS_FOR_LOCKS, randomUUID());
    const names = stale.map(({ project }) => `\`${project.ref.name}\``).join(', ');
    return {
      outOfSyncMessage: `the locks of ${names} are out of date`,
      outOfSyncDetails: [...said],
      callback: makeLocks,
    };
  });
}

async function told<T>(said: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error([...said, explainFailure(error).text].join('\n'), { cause: error });
  }
}
