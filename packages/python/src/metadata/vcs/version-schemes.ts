import { ElementError } from '@wheelhouse/element';
import { calverByDate } from './calver-scheme.js';
import type { Described } from './described.js';
import { pbrVersion } from './pbr-scheme.js';
import { releaseBranchSemver, simplifiedSemver } from './semver-schemes.js';
import type { VcsSettings } from './vcs-settings.js';
import { exact, nextVersion, SchemeRefusal, unguessed } from './version-parts.js';
import { isVersion } from '../../requirements/specifier.js';

type Scheme = (at: Described) => string;

/** The schemes of setuptools_scm and hatch-vcs, as vcs-versioning 2.6 has them. */
const VERSIONS: Readonly<Record<string, Scheme>> = {
  'guess-next-dev': (at) => (exact(at) ? at.version : `${nextVersion(at.version)}.dev${at.distance}`),
  'no-guess-dev': (at) => (exact(at) ? at.version : `${unguessed(at.version)}.dev${at.distance}`),
  'post-release': (at) => (exact(at) ? at.version : `${at.version}.post${at.distance}`),
  'only-version': ({ version }) => version,
  'calver-by-date': calverByDate,
  'semver-pep440': simplifiedSemver,
  'python-simplified-semver': simplifiedSemver,
  'semver-pep440-release-branch': releaseBranchSemver,
  'release-branch-semver': releaseBranchSemver,
  // Those of other tools, which no table names.
  pdm: (at) => (at.distance === 0 ? at.version : `${nextVersion(at.version)}.dev${at.distance}`),
  pbr: pbrVersion,
  dunamai: (at) => (at.distance === 0 ? at.version : `${at.version}.post${at.distance}.dev0`),
};

type LocalScheme = (at: Described, node: string) => string | undefined;

const nodeAndDirt: LocalScheme = (at, node) => local(exact(at) ? '' : node, at.dirty);

/** Where tools write the day of the build for uncommitted changes, `dirty` stands: a day is no part of a source. */
const LOCALS: Readonly<Record<string, LocalScheme>> = {
  'node-and-date': nodeAndDirt,
  'node-and-timestamp': nodeAndDirt,
  'dirty-tag': ({ dirty }) => local('', dirty),
  'no-local-version': () => '',
  'no-local-version-strict': (at) => (refuseDirty(at), ''),
  'fail-on-uncommitted-changes': (at) => (refuseDirty(at), undefined),
  pdm: ({ distance, dirty }, node) => local(distance === 0 ? '' : node, dirty),
  dunamai: ({ distance, node }) => (distance === 0 ? '' : node.slice(0, 7)),
};

/** The version of a commit by a tool's scheme. @throws ElementError METADATA if the scheme is none that is known, or has no answer */
export function versionBy(settings: VcsSettings, at: Described): string {
  const { tool, origin, versionScheme, localSchemes } = settings;
  const scheme = VERSIONS[versionScheme];
  if (scheme === undefined) throw unknownScheme(settings, { option: 'version_scheme', value: versionScheme }, VERSIONS);
  const node = tool === 'pdm-backend' ? `g${at.node.slice(0, 7)}` : `g${at.node.slice(0, 9)}`;
  try {
    const parts = [at.local ?? '', localOf(settings, at, node)].flatMap((text) => text.split('.'));
    const suffix = [...new Set(parts)].filter((part) => part !== '').join('.');
    const version = `${scheme(at)}${suffix === '' ? '' : `+${suffix}`}`;
    if (isVersion(version)) return version;
    throw new SchemeRefusal(`\`${version}\`, computed from \`${at.version}\`, is not a version`);
  } catch (error) {
    if (!(error instanceof SchemeRefusal)) throw error;
    throw new ElementError({
      code: 'METADATA',
      message: `the \`version_scheme\` \`${versionScheme}\` with \`local_scheme\` \`${localSchemes.join('`, `')}\` of ${tool} has no version: ${error.message}`,
      origin,
      cause: error,
    });
  }
}

function localOf(settings: VcsSettings, at: Described, node: string): string {
  for (const name of settings.localSchemes) {
    const scheme = LOCALS[name];
    if (scheme === undefined) throw unknownScheme(settings, { option: 'local_scheme', value: name }, LOCALS);
    const found = scheme(at, node);
    if (found !== undefined) return found;
  }
  return 'unknown';
}

function local(node: string, dirty: boolean): string {
  return [...(node === '' ? [] : [node]), ...(dirty ? ['dirty'] : [])].join('.');
}

function refuseDirty({ dirty }: Described): void {
  if (dirty) throw new SchemeRefusal('there are uncommitted changes');
}

function unknownScheme(
  { tool, origin }: VcsSettings,
  { option, value }: { readonly option: string; readonly value: string },
  known: Readonly<Record<string, unknown>>,
): ElementError {
  const names = Object.keys(known).filter((name) => !['dunamai', 'pbr', 'pdm'].includes(name));
  return new ElementError({
    code: 'METADATA',
    message: `the \`${option}\` \`${value}\` of ${tool} is not one that is computed without running code`,
    origin,
    hint: `use one of ${names.map((name) => `\`${name}\``).join(', ')}`,
  });
}
