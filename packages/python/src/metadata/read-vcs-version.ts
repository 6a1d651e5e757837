import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ElementError } from '@wheelhouse/element';
import type { VersionCommits } from './vcs-environment.js';
import type { VcsSettings } from './vcs-settings.js';
import { versionBy, type Described } from './version-schemes.js';

const run = promisify(execFile);

/**
 * The version that a project's tool would find in its repository, by git alone: none of the project's code is run
 * (docs/adr/0031).
 *
 * @param directory the project's, absolute
 * @throws ElementError METADATA where there is no repository, no tag or no scheme that is known, and no fallback
 */
export async function readVcsVersion(
  settings: VcsSettings,
  directory: string,
  commits: VersionCommits = 'all',
): Promise<string> {
  const { tool, origin, fallback } = settings;
  if (tool === 'versioneer' || tool === 'versioningit') {
    throw new ElementError({
      code: 'METADATA',
      message: `\`${tool}\` looks for the version in git when it builds, where there is none, and takes none from outside`,
      origin,
      hint: 'use setuptools_scm, hatch-vcs or pdm-backend, or write the version into the project',
    });
  }
  const git = async (...args: readonly string[]): Promise<string | undefined> => await answerOfGit(directory, args);
  if ((await git('rev-parse', '--verify', 'HEAD')) === undefined) {
    return fallback ?? fail('there is no git repository with a commit', 'commit the project');
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
      fallback ?? fail(`no commit before this one has a tag like \`${settings.match}\``, 'make one: `git tag v0.1.0`')
    );
  }
  const version = versionOfTag(settings, tag);
  if (version === undefined) {
    return fail(
      `the tag \`${tag}\` is not as \`${settings.tagRegex}\` has it`,
      'change `tag_regex`, or the tags that count',
    );
  }
  const at: Described = { version, distance: Number(distance), node, dirty: dirty !== undefined };
  return versionBy(settings, commits === 'all' ? at : await ofProject(at, tag));

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

/** What git prints, or `undefined` where it has no answer or there is no git. */
async function answerOfGit(cwd: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('git', [...args], { cwd, env: { ...process.env, LC_ALL: 'C' } })).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (typeof code === 'number' || code === 'ENOENT') {
      if (stderr?.includes('dubious ownership') !== true) return undefined;
      throw new ElementError({
        code: 'METADATA',
        message: `git does not answer about \`${cwd}\``,
        detail: stderr,
        hint: "make the repository yours, or name it in git's `safe.directory`",
        cause: error,
      });
    }
    throw error;
  }
}

function versionOfTag({ tagRegex, origin }: VcsSettings, tag: string): string | undefined {
  let regex: RegExp;
  try {
    regex = new RegExp(tagRegex.replaceAll('(?P<', '(?<'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ElementError({
      code: 'METADATA',
      message: `this regular expression for tags cannot be read: \`${tagRegex}\``,
      origin,
      cause: error,
    });
  }
  const match = regex.exec(tag);
  return (match?.groups?.version ?? match?.[1])?.replace(/^[vV]/, '');
}
