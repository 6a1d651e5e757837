import { readBlob, type ArtifactRecord } from '@wheelhouse/element/internal';
import { projectSubdirectory } from '@wheelhouse/python/internal';
import type { Operation } from '../workspace/operation.js';
import type { PlannedProject } from '../plan/planned-project.js';
import { sharedHint, soughtOutside } from './outside-files.js';

/**
 * What to do if a project's backend failed because it lacks files of the workspace outside of the project.
 *
 * @param record of the failed element
 * @returns `undefined` if its log says nothing of such files
 */
export async function outsideHint(
  { workspace, engine }: Pick<Operation, 'workspace' | 'engine'>,
  project: PlannedProject,
  record: ArtifactRecord,
): Promise<string | undefined> {
  if (record.log === undefined) return undefined;
  const log = Buffer.from(await readBlob(engine.store.blobs, record.log)).toString('utf8');
  return sharedHint(
    soughtOutside(log, {
      workspace: workspace.directory,
      project: project.metadata.root,
      subdirectory: projectSubdirectory(project),
    }),
  );
}
