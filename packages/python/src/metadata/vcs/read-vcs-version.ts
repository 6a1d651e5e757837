import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ElementError } from '@wheelhouse/element';
import { givenVersion, variableOf, type VersionCommits } from './vcs-environment.js';
import type { VcsSettings } from './vcs-settings.js';
import type { Described } from './described.js';
import { archivedCommit, packedVersion, type ArchivedCommit } from './packed-version.js';
import { semVerSymbols } from './pbr-scheme.js';
import { versionBy } from './version-schemes.js';
import { isVersion, normalizeVersion } from '../../requirements/specifier.js';

const run = promisify(execFile);

/** Whose version it is. */
export interface VersionedProject {
  /** Absolute path. */
  readonly directory: string;
  /** Of the distribution, normalised. */
  readonly name: string;
  /** The caller's own, which may give the version. */
  readonly environment: NodeJS.ProcessEnv;
  /** Default `all`. */
  readonly commits?: VersionCommits | undefined;
}

/**
 * The version that a project's tool would find in the caller's environment, or in its repository by git alone: none of
 * the project's code is run (docs/adr/0031).
 *
 * @throws ElementError METADATA if there is no repository, no tag or no scheme that is known, and no fallback
 */
export async function readVcsVersion(
  settings: VcsSettings,
  { directory, name, environment, commits = 'all' }: VersionedProject,
): Promise<string> {
  const { tool, origin, fallback } = settings;
  const given = givenVersion(settings, name, environment);
  if (given !== undefined) return given;
  const packed = packedVersion(directory);
  if (packed !== undefined && settings.above !== true) return packed;
  if (tool === 'versioneer' || tool === 'versioningit') {
    throw new ElementError({
      code: 'METADATA',
      message: `\`${tool}\` reads the version from git when it builds, but builds have no git repository, and it accepts no version from outside`,
      origin,
      hint: 'use setuptools_scm, hatch-vcs or pdm-backend, or write the version into the project',
    });
  }
  const git = async (...args: readonly string[]): Promise<string | undefined> => await answerOfGit(directory, args);
  if ((await git('rev-parse', '--verify', 'HEAD')) === undefined) {
    const archived = archivedCommit(directory);
    if (archived !== undefined) return ofArchive(archived);
    return (
      packed ??
      fallback ??
      fail(
        'there is no git repository with a commit',
        `commit the project, or set the version with \`${variableOf(tool) ?? ''}\``,
      )
    );
  }
  const described = await git('describe', '--dirty', '--tags', '--long', '--abbrev=40', '--match', settings.match);
  const [, tag, distance = '', node = '', dirty] = /^(.*)-(\d+)-g([0-9a-f]+)(-dirty)?$/.exec(described ?? '') ?? [];
  if (tag === undefined) {
    if ((await git('rev-parse', '--is-shallow-repository')) === 'true') {
      return fail(
        `this clone is shallow, and none of its commits has a tag like \`${settings.match}\``,
        'fetch what is missing: `git fetch --unshallow --tags`; with actions/checkout set `fetch-depth: 0`',
      );
    }
    return (
      packed ??
      fallback ??
      fail(`no commit before this one has a tag like \`${settings.match}\``, 'create one: `git tag v0.1.0`')
    );
  }
  const found = versionOfTag(settings, tag);
  if (found === undefined) {
    return fail(`the tag \`${tag}\` does not match \`${settings.tagRegex}\``, 'change `tag_regex`, or the tags');
  }
  const at: Described = {
    ...partsOf(found, settings),
    ...{ distance: Number(distance), node, dirty: dirty !== undefined },
    branch: (await git('rev-parse', '--abbrev-ref', 'HEAD')) ?? 'HEAD',
    date: dayOf((await git('-c', 'log.showSignature=false', 'log', '-1', '--format=%ct', 'HEAD')) ?? ''),
    versionIn: (text) => versionOfTag(settings, text)?.version,
    ...(tool === 'pbr' ? { semVer: semVerSymbols((await git('log', '--format=%B', `${tag}..HEAD`)) ?? '') } : {}),
  };
  return versionBy(settings, commits === 'all' ? at : await ofProject(at, tag));

  function ofArchive({ tag, ...commit }: ArchivedCommit): string {
    const version = versionOfTag(settings, tag);
    if (version === undefined) {
      return fail(
        `the tag \`${tag}\` of \`.git_archival.txt\` does not match \`${settings.tagRegex}\``,
        'change `tag_regex`, or the tags',
      );
    }
    const parts = { ...partsOf(version, settings), ...commit, dirty: false, branch: 'HEAD' };
    return versionBy(settings, { ...parts, versionIn: (text) => versionOfTag(settings, text)?.version });
  }

  async function ofProject(whole: Described, since: string): Promise<Described> {
    const [count, last, changes] = [
      await git('rev-list', '--count', `${since}..HEAD`, '--', '.'),
      await git('log', '-1', '--format=%H', 'HEAD', '--', '.'),
      await git('status', '--porcelain', '--untracked-files=no', '--', '.'),
    ];
    const latest = last === undefined || last === '' ? whole.node : last;
    return { ...whole, distance: Number(count ?? whole.distance), node: latest, dirty: changes !== '' };
  }

  function fail(message: string, hint: string): never {
    throw new ElementError({
      code: 'METADATA',
      message: `the version of the project, which ${tool} takes from git, is not known: ${message}`,
      origin,
      hint,
    });
  }
}

/** What git prints, or `undefined` if it has no answer or there is no git. */
async function answerOfGit(cwd: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('git', [...args], { cwd, env: { ...process.env, LC_ALL: 'C' } })).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (typeof code === 'number' || code === 'ENOENT') {
      if (stderr?.includes('dubious ownership') !== true) return undefined;
      throw new ElementError({
        code: 'METADATA',
        message: `git failed in \`${cwd}\``,
        detail: stderr,
        hint: "change the owner of the repository, or add it to git's `safe.directory`",
        cause: error,
      });
    }
    throw error;
  }
}

/** Seconds since 1970 as a day, UTC. */
function dayOf(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
}

/** A version and what stands behind it in a tag. */
interface TagVersion {
  readonly version: string;
  readonly suffix: string;
}

/** A tag's version as schemes see it; what stands behind it counts where it is a local version (PEP 440). */
function partsOf(
  { version, suffix }: TagVersion,
  { verbatim = false }: VcsSettings,
): Pick<Described, 'version' | 'local'> {
  const bare = version.replace(/^[vV]/, '');
  if (verbatim) return { version: bare };
  const whole = isVersion(bare + suffix) ? bare + suffix : bare;
  const [, normal = '', local] = /^([^+]*)(?:\+(.*))?$/.exec(normalizeVersion(whole)) ?? [];
  return { version: normal, ...(local === undefined ? {} : { local }) };
}

function versionOfTag({ tagRegex, tagPrefix = '', origin }: VcsSettings, tag: string): TagVersion | undefined {
  let regex: RegExp;
  try {
    // Python's `match` begins at the beginning.
    regex = new RegExp(tagRegex.replaceAll('(?P<', '(?<'), 'dy');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ElementError({
      code: 'METADATA',
      message: `invalid regular expression for tags: \`${tagRegex}\``,
      origin,
      cause: error,
    });
  }
  const match = regex.exec(tagPrefix !== '' && tag.startsWith(tagPrefix) ? tag.slice(tagPrefix.length) : tag);
  const version = match?.groups?.version ?? match?.[1];
  if (match === null || version === undefined || version === '') return undefined;
  const [, end = 0] = match.indices?.groups?.version ?? match.indices?.[1] ?? [];
  return { version, suffix: match[0].slice(end) };
}
