import { posix } from 'node:path';
import { normalizeName } from '@wheelhouse/python/internal';
import type { Database, ProjectModel } from '../project/project-model.js';

/** What the files of a build stage are rendered from. Plain data. */
export interface StagePlan {
  readonly project: ProjectModel;
  /** The image of Python that everything is built on: a reference, with a digest if one is known. */
  readonly base: string;
  readonly database: Exclude<Database, 'none'> | undefined;
  /** The image of the database; likewise. */
  readonly databaseImage: string | undefined;
  /** Whether services share `/build` by `volumes_from` (docs/adr/0046). */
  readonly volumesFrom: boolean;
  /** The tasks that make files which the wheel holds (docs/adr/0071): targets of the project, or `<project>:<target>`. */
  readonly generators: readonly string[];
}

/** A command, as an argument list. */
export type Words = readonly string[];

/** The name of the lock of what a project is built with: `locks/build/<name>.txt`. */
export function buildLock({ project }: StagePlan): string {
  return `${normalizeName(project.name)}.txt`;
}

/** Where the files of the stage come out, relative to the workspace; no other target writes there. */
export function stageOutputs(root: string): StageOutputs {
  const dist = posix.join('dist', root, 'stage');
  return { dist, context: posix.join(dist, 'context'), reports: posix.join('reports', root, 'stage') };
}

/** Directories, relative to the workspace. */
export interface StageOutputs {
  readonly dist: string;
  /** What images are made from: below {@link dist}. */
  readonly context: string;
  readonly reports: string;
}

/** An argument list as it stands in a Dockerfile or a compose file: JSON is both. */
export function execForm(words: Words): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}
