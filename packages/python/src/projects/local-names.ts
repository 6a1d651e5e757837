import { ElementError } from '@wheelhouse/element';
import { localClosure, localDependencies, localTestDependencies, type ClosureOptions } from './local-closure.js';
import type { LockEntry, ProjectLocks } from '../lockfile/lock.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';

/** What the names of a project's locks mean in its workspace. */
export interface LocalNames {
  /** The projects of the workspace that satisfy requirements, even if an index has distributions of the same names. */
  readonly answering: readonly ProjectMetadata[];
  /** Distributions of an index that are locked under the names of projects which nothing here requires. */
  readonly shared: readonly { readonly entry: LockEntry; readonly project: ProjectMetadata }[];
}

/**
 * Which of a project's requirements are answered by projects of the workspace, and which names mean something else on an
 * index.
 *
 * @throws ElementError RESOLUTION if a distribution of an index and a project of its name would be installed together
 */
export function localNames(
  project: ProjectMetadata,
  locks: ProjectLocks,
  { workspace, settings }: { readonly workspace: readonly ProjectMetadata[]; readonly settings: ClosureOptions },
): LocalNames {
  const installed = [
    project,
    ...localDependencies(project, workspace, settings),
    ...localTestDependencies(project, workspace, settings),
  ];
  const entries = new Map(locks.test.entries.map((entry) => [entry.normalizedName, entry]));
  const shared = workspace.flatMap((each) => {
    const entry = entries.get(each.normalizedName);
    return entry === undefined ? [] : [{ entry, project: each }];
  });
  const clash = shared.find((each) => installed.includes(each.project));
  if (clash !== undefined) throw clashing(project, clash.project, clash.entry);
  return { answering: localClosure(project, workspace, settings).map((member) => member.project), shared };
}

function clashing(project: ProjectMetadata, local: ProjectMetadata, entry: LockEntry): ElementError {
  const own = local === project ? 'it is itself' : 'it requires';
  return new ElementError({
    code: 'RESOLUTION',
    message: `a distribution that \`${project.name}\` or its tests require needs \`${entry.normalizedName}\` from an index (${entry.version}), and ${own} the project \`${local.root}\` of that name: only one of the two can be installed`,
    origin: local.origins.name,
    hint: 'give the project a name that differs from every distribution installed with it',
  });
}
