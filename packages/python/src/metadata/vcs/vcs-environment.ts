import { ElementError } from '@wheelhouse/element';
import type { VcsSettings } from './vcs-settings.js';
import { isVersion } from '../../requirements/specifier.js';

/** Which commits a version counts: all of the repository, as tools do, or those that touch the project alone. */
export type VersionCommits = 'all' | 'project';

/** The environment in which a tool takes a version instead of looking for one. */
export function versionEnvironment({ tool }: Pick<VcsSettings, 'tool'>, version: string): Record<string, string> {
  const variable = variableOf(tool);
  return variable === undefined ? {} : { [variable]: version };
}

/**
 * The version that the caller's own environment gives a project by the variables that its tool takes one from, as if
 * there is no repository. It counts before what git says, as it does for the tool.
 *
 * @param name of the distribution, normalised
 * @throws ElementError METADATA for what is not a version
 */
export function givenVersion(
  { tool, origin }: VcsSettings,
  name: string,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const usual = variableOf(tool);
  if (usual === undefined) return undefined;
  const own = `${usual}_FOR_${name.replaceAll('-', '_').toUpperCase()}`;
  for (const variable of usual === PRETEND ? [own, usual] : [usual]) {
    const version = environment[variable] ?? '';
    if (version === '') continue;
    if (isVersion(version)) return version;
    throw new ElementError({
      code: 'METADATA',
      message: `the variable \`${variable}\`, from which ${tool} takes the version, is \`${version}\`, which is not a version`,
      origin,
      hint: 'versions must follow PEP 440',
    });
  }
  return undefined;
}

const PRETEND = 'SETUPTOOLS_SCM_PRETEND_VERSION';

/** @returns `undefined` for a tool that takes no version from outside */
export function variableOf(tool: VcsSettings['tool']): string | undefined {
  switch (tool) {
    case 'setuptools-scm':
    case 'hatch-vcs':
      return PRETEND;
    case 'pdm-backend':
      return 'PDM_BUILD_SCM_VERSION';
    case 'poetry-dynamic-versioning':
      return 'POETRY_DYNAMIC_VERSIONING_BYPASS';
    case 'pbr':
      return 'PBR_VERSION';
    case 'versioneer':
    case 'versioningit':
      return undefined;
  }
}
