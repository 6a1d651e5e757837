import type { ProjectInfo } from './project-info.js';

/** What staging warns of, by BuildStream's names, which `fatal-warnings` of project.conf takes. */
export const STAGING_WARNINGS = ['overlaps', 'unstaged-files'] as const;

/** One of them. */
export type StagingWarningName = (typeof STAGING_WARNINGS)[number];

/** Those that end a build in this project, in the order of {@link STAGING_WARNINGS}. */
export function fatalStagingWarnings({ fatalWarnings = [] }: ProjectInfo): StagingWarningName[] {
  return STAGING_WARNINGS.filter((name) => fatalWarnings === 'all' || fatalWarnings.includes(name));
}
