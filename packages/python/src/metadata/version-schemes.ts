import { ElementError } from '@wheelhouse/element';
import type { VcsSettings } from './vcs-settings.js';

/** What git says of where a project stands. */
export interface Described {
  /** The tag's version, without a `v` in front. */
  readonly version: string;
  /** How many commits came after the tag. */
  readonly distance: number;
  /** The commit, in full. */
  readonly node: string;
  readonly dirty: boolean;
}

type Scheme = (at: Described) => string;

const exact = ({ distance, dirty }: Described): boolean => distance === 0 && !dirty;

const VERSIONS: Readonly<Record<string, Scheme>> = {
  'guess-next-dev': (at) => (exact(at) ? at.version : `${next(at.version)}.dev${at.distance}`),
  'no-guess-dev': (at) => (exact(at) ? at.version : `${at.version}.post1.dev${at.distance}`),
  'post-release': (at) => (exact(at) ? at.version : `${at.version}.post${at.distance}`),
  'only-version': ({ version }) => version,
  dunamai: (at) => (at.distance === 0 ? at.version : `${at.version}.post${at.distance}.dev0`),
};

/** Where tools write the day of the build for uncommitted changes, `dirty` stands: a day is no part of a source. */
const LOCALS: Readonly<Record<string, (at: Described, node: string) => string>> = {
  'node-and-date': ({ distance, dirty }, node) => local(distance === 0 ? '' : node, dirty),
  'dirty-tag': ({ dirty }) => local('', dirty),
  'no-local-version': () => '',
  dunamai: ({ distance, node }) => (distance === 0 ? '' : `+${node.slice(0, 7)}`),
};

/** The version of a commit by a tool's scheme. @throws ElementError METADATA where the scheme is none that is known */
export function versionBy(settings: VcsSettings, at: Described): string {
  const { tool, versionScheme, localScheme } = settings;
  const [version, suffix] = [VERSIONS[versionScheme], LOCALS[localScheme]];
  if (version === undefined)
    throw unknownScheme(settings, { option: 'version_scheme', value: versionScheme }, VERSIONS);
  if (suffix === undefined) throw unknownScheme(settings, { option: 'local_scheme', value: localScheme }, LOCALS);
  const node = tool === 'pdm-backend' ? `g${at.node.slice(0, 7)}` : `g${at.node.slice(0, 9)}`;
  return `${version(at)}${suffix(at, node)}`;
}

function local(node: string, dirty: boolean): string {
  const parts = [...(node === '' ? [] : [node]), ...(dirty ? ['dirty'] : [])];
  return parts.length === 0 ? '' : `+${parts.join('.')}`;
}

/** The last number of a version, raised by one. */
function next(version: string): string {
  const [release = version, dev] = version.split('.dev');
  return dev === undefined ? release.replace(/\d+$/, (number) => String(Number(number) + 1)) : release;
}

function unknownScheme(
  { tool, origin }: VcsSettings,
  { option, value }: { readonly option: string; readonly value: string },
  known: Readonly<Record<string, unknown>>,
): ElementError {
  const names = Object.keys(known).filter((name) => name !== 'dunamai');
  return new ElementError({
    code: 'METADATA',
    message: `the \`${option}\` \`${value}\` of ${tool} is not one that is computed without running code`,
    origin,
    hint: `use one of ${names.map((name) => `\`${name}\``).join(', ')}`,
  });
}
