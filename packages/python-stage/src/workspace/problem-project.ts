import { posix } from 'node:path';
import { ElementError, type ElementErrors } from '@wheelhouse/element';
import {
  errorsOf,
  everythingRequired,
  type ProjectMetadata,
  formatRequirement,
  type Requirement,
} from '@wheelhouse/python/internal';
import { pathInWorkspace } from '@wheelhouse/python/lockfile';
import type { ProjectRef } from './workspace-project.js';

/** A project of the workspace that nothing can be done with: its metadata, its options or its name are wrong. */
export interface ProblemProject {
  readonly ref: ProjectRef;
  readonly error: ElementError | ElementErrors;
  /** Normalised names of the distribution that it may be. */
  readonly names: readonly string[];
}

/**
 * No project may go on that requires one with a problem: it would be looked up on an index.
 *
 * @throws ElementError METADATA
 */
export function checkNoProblems(projects: readonly ProjectMetadata[], problems: readonly ProblemProject[]): void {
  for (const each of projects) {
    for (const { problem, requirement } of requiredProblems(each, problems)) {
      const [first] = errorsOf(problem.error);
      if (first === undefined) continue;
      throw new ElementError({
        code: 'METADATA',
        message: `\`${each.name}\` requires \`${formatRequirement(requirement)}\`, but the project \`${problem.ref.root}\` is not usable: ${first.message}`,
        origin: requirement.origin,
        hint: first.hint,
        cause: problem.error,
      });
    }
  }
}

/** The projects with a problem that a project requires, directly or indirectly. */
export function requiredProblems<T extends Pick<ProblemProject, 'names' | 'ref'>>(
  project: ProjectMetadata,
  problems: readonly T[],
): { readonly problem: T; readonly requirement: Requirement }[] {
  return everythingRequired(project).flatMap((requirement) => {
    const path = requirement.url === undefined ? undefined : pathInWorkspace(requirement.url);
    const problem = problems.find(
      ({ names, ref }) =>
        names.includes(requirement.normalizedName) || (path !== undefined && posix.join(path) === ref.root),
    );
    return problem === undefined ? [] : [{ problem, requirement }];
  });
}
