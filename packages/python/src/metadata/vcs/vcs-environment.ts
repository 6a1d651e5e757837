import type { VcsSettings } from './vcs-settings.js';

/** Which commits a version counts: all of the repository, as tools do, or those that touch the project alone. */
export type VersionCommits = 'all' | 'project';

/** The environment in which a tool takes a version instead of looking for one. */
export function versionEnvironment({ tool }: VcsSettings, version: string): Record<string, string> {
  switch (tool) {
    case 'setuptools-scm':
    case 'hatch-vcs':
      return { SETUPTOOLS_SCM_PRETEND_VERSION: version };
    case 'pdm-backend':
      return { PDM_BUILD_SCM_VERSION: version };
    case 'poetry-dynamic-versioning':
      return { POETRY_DYNAMIC_VERSIONING_BYPASS: version };
    case 'versioneer':
    case 'versioningit':
      return {};
  }
}
