import type { Tree } from '@nx/devkit';
import { formatError } from '@wheelhouse/element';
import type { SyncLocksGeneratorSchema } from './schema.js';
import { staleProjects } from './stale-projects.js';
import { openEngine } from '../../engine.js';
import { explainFailure } from '../../failure.js';
import { openWorkspace } from '../../workspace/open-workspace.js';

/** What Nx tells of a workspace that is out of sync. */
export interface OutOfSync {
  readonly outOfSyncMessage: string;
  /** Lines that `nx sync:check` shows. */
  readonly outOfSyncDetails: readonly string[];
}

/**
 * A sync generator: makes the locks that do not answer what their projects require now, and those of the projects they
 * share a resolve with. Fresh locks cost no look at an index. All are resolved before the first is written.
 *
 * @param options absent where it runs to sync the workspace; `nx generate` calls what a generator returns
 * @returns which projects were out of date and why; nothing where none was, or nobody syncs
 * @throws Error with the text that people are shown, which is all that Nx shows of an error
 */
export default async function syncLocks(
  tree: Tree,
  options?: SyncLocksGeneratorSchema,
): Promise<OutOfSync | undefined> {
  const { env: environment } = process;
  const said: string[] = [];
  try {
    const engine = openEngine({
      environment,
      signal: new AbortController().signal,
      reporter: () => ({ listener: () => undefined }),
    });
    const memo = (name: string): string => engine.store.memo(name);
    const workspace = await openWorkspace({ directory: tree.root, environment, memo });
    const stale = await staleProjects(workspace);
    if (stale.length === 0) return undefined;
    said.push(...stale.flatMap(({ reasons }) => reasons.map(formatError)));
    // Resolving loads much that a workspace in sync does not need.
    const { renewLocks } = await import('./renew-locks.js');
    for (const { changed, vendored, removed } of await renewLocks(stale, workspace, engine)) {
      for (const { file, bytes } of vendored) tree.write(file, Buffer.from(bytes));
      for (const { file, text } of changed) tree.write(file, text);
      for (const file of removed) tree.delete(file);
    }
    if (options !== undefined) return undefined;
    const names = stale.map(({ project }) => `\`${project.ref.name}\``).join(', ');
    return { outOfSyncMessage: `the locks of ${names} are out of date`, outOfSyncDetails: said };
  } catch (error) {
    throw new Error([...said, explainFailure(error).text].join('\n'), { cause: error });
  }
}
