import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isAbsent } from '@wheelhouse/element/internal';
import { askGit } from './git-command.js';
import { walkedFiles } from './walked-files.js';

/** Which files {@link gitListing} lists. */
export interface GitFilesOptions {
  /** `sources`: tracked, or untracked and not ignored. `ignored`: tracked although ignored. */
  readonly which: 'sources' | 'ignored';
  /** Git's pathspecs; everything below the directory where absent. */
  readonly patterns?: readonly string[];
}

/** Files of a directory by git's word. */
export interface GitListing {
  /** Relative paths, each once; deleted ones too until their deletion is staged. */
  readonly files: readonly string[];
  /** Directories that are repositories of their own: submodules, and what was cloned there. Their files are among `files`. */
  readonly nested: readonly string[];
  readonly absent: readonly AbsentFiles[];
}

/** What a repository has and its working tree does not. */
export interface AbsentFiles {
  /** A directory for a submodule that is not checked out, a file outside of a sparse checkout. */
  readonly path: string;
  readonly why: 'submodule' | 'sparse';
}

const WHICH = {
  sources: ['--cached', '--others', '--exclude-standard'],
  ignored: ['--cached', '--ignored', '--exclude-standard'],
} as const;

/** git's mode of an entry that is a commit of another repository. */
const GITLINK = '160000';

/**
 * The files of a directory by git's word, and by that of the repositories that are in it.
 *
 * @param directory absolute
 * @returns `undefined` if the directory is in no repository, or in one that ignores the whole directory and tracks
 *   nothing in it, or where this machine has no git
 * @throws ElementError SOURCE if git refuses to answer
 */
export async function gitListing(directory: string, options: GitFilesOptions): Promise<GitListing | undefined> {
  const patterns = options.patterns ?? ['.'];
  const printed = await askGit(directory, [
    'ls-files',
    '-z',
    '-t',
    '--stage',
    ...WHICH[options.which],
    '--',
    ...patterns,
  ]);
  if (printed === undefined) return undefined;
  if (printed === '' && options.which === 'sources' && (await isIgnoredByGit(directory))) return undefined;
  const files = new Set<string>();
  const nested: string[] = [];
  const absent: AbsentFiles[] = [];
  for (const line of printed.split('\0')) {
    const entry = parseEntry(line);
    if (entry === undefined) continue;
    const { path } = entry;
    if (!entry.isRepository) {
      // A file with a merge conflict is listed once a side.
      files.add(path);
      if (entry.isSkipped && !existsSync(join(directory, path))) absent.push({ path, why: 'sparse' });
      continue;
    }
    if (isLinkedWorktree(join(directory, path))) continue;
    const found = await repositoryListing(join(directory, path));
    if (found === undefined) absent.push({ path, why: 'submodule' });
    else nested.push(path);
    for (const file of found?.files ?? []) files.add(posix.join(path, file));
    nested.push(...(found?.nested ?? []).map((each) => posix.join(path, each)));
    absent.push(...(found?.absent ?? []).map((each) => ({ ...each, path: posix.join(path, each.path) })));
  }
  return { files: [...files], nested, absent };
}

/** The files of {@link gitListing}. @throws ElementError SOURCE if git refuses to answer */
export async function gitFiles(directory: string, options: GitFilesOptions): Promise<string[] | undefined> {
  const listing = await gitListing(directory, options);
  return listing === undefined ? undefined : [...listing.files];
}

/**
 * The files of a repository and of its submodules that match a pattern, relative to the repository.
 *
 * @param directory the root of a working tree, absolute
 * @param patterns git's pathspecs, for each repository relative to its own root
 * @returns `undefined` if there is no repository
 * @throws ElementError SOURCE if git refuses to answer
 */
export async function gitFilesMatching(directory: string, patterns: readonly string[]): Promise<string[] | undefined> {
  const files = await gitFiles(directory, { which: 'sources', patterns });
  if (files === undefined || !existsSync(join(directory, '.gitmodules'))) return files;
  const printed = await askGit(directory, [
    'config',
    '-z',
    '-f',
    '.gitmodules',
    '--get-regexp',
    '^submodule\\..*\\.path$',
  ]);
  for (const line of (printed ?? '').split('\0').filter((each) => each !== '')) {
    const submodule = line.slice(line.indexOf('\n') + 1);
    if (!existsSync(join(directory, submodule, '.git'))) continue;
    const below = (await gitFilesMatching(join(directory, submodule), patterns)) ?? [];
    files.push(...below.map((file) => posix.join(submodule, file)));
  }
  return [...new Set(files)];
}

interface Entry {
  readonly path: string;
  /** Whether it is a directory with a repository of its own. */
  readonly isRepository: boolean;
  /** Whether a sparse checkout leaves it out. */
  readonly isSkipped: boolean;
}

/** A line of `git ls-files -t --stage`: `? <path>` of what is untracked, `<tag> <mode> <object> <stage>\t<path>` otherwise. */
function parseEntry(line: string): Entry | undefined {
  const [, tag, mode, tracked] = /^(.) (\d{6}) [0-9a-f]+ \d\t(.*)$/s.exec(line) ?? [];
  if (tracked !== undefined) return { path: tracked, isRepository: mode === GITLINK, isSkipped: tag === 'S' };
  if (!line.startsWith('? ')) return undefined;
  const path = line.slice(2);
  return { path: path.replace(/\/$/, ''), isRepository: path.endsWith('/'), isSkipped: false };
}

/** The files of a repository that is in another one. @returns `undefined` if there is nothing of it but its name */
async function repositoryListing(directory: string): Promise<GitListing | undefined> {
  // Without a repository of its own git would answer for the outer one.
  if (existsSync(join(directory, '.git'))) {
    const listing = await gitListing(directory, { which: 'sources' });
    if (listing !== undefined) return listing;
  }
  try {
    if (readdirSync(directory).every((name) => name === '.git')) return undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  return { files: await walkedFiles(directory), nested: [], absent: [] };
}

/** Whether a directory is another working tree of a repository (git-worktree(1)): a place to work in, not a source. */
function isLinkedWorktree(directory: string): boolean {
  const file = join(directory, '.git');
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && /^gitdir: .*\/worktrees\/[^/]+\s*$/.test(readFileSync(file, 'utf8'));
}

/** Whether the whole directory is ignored by the repository that it is in. */
export async function isIgnoredByGit(directory: string): Promise<boolean> {
  const printed = await askGit(directory, ['check-ignore', '.']);
  return printed !== undefined && printed !== '';
}
