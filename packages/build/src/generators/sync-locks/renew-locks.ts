import { ElementError, ElementErrors } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { errorsOf } from '@wheelhouse/python/internal';
import { isStale, staleProjects } from './stale-projects.js';
import { openEngine } from '../../engine.js';
import { runLock } from '../../lock-run.js';
import { openWorkspace } from '../../workspace/open-workspace.js';

/**
 * Makes the locks that are stale or missing, those of a project after those of the projects that it takes. A project
 * whose locks cannot be made keeps no others from being made.
 *
 * @param directory absolute path of the workspace
 * @throws ElementError, or ElementErrors with all that went wrong, when the others are made
 */
export async function renewLocks(directory: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const engine = openEngine({
    environment,
    signal: new AbortController().signal,
    reporter: () => ({ listener: () => undefined }),
  });
  const workspace = await openWorkspace({ directory, environment, engine, memo: (name) => engine.store.memo(name) });
  const failed: ElementError[] = [];
  const done = new Set<string>();
  for (const { project } of await staleProjects(workspace)) {
    // The first of a resolve locks the others, and a project locks those that it takes.
    const [first = project] = workspace.group(project);
    if (done.has(first.ref.root) || !(await isStale(workspace, project))) continue;
    done.add(first.ref.root);
    try {
      await runLock({ workspace, project, engine }, {}, (line) => {
        process.stdout.write(`${line}\n`);
      });
    } catch (error) {
      if (!(error instanceof ElementError || error instanceof ElementErrors)) throw error;
      failed.push(...errorsOf(error));
    }
  }
  throwCollected(failed);
}
