import { readlinkSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { isAbsent } from '@wheelhouse/element/internal';
import { generatedFiles, type GeneratedFiles } from './generated-files.js';
import type { AbsentFiles } from './git-files.js';
import { sharedFiles } from './shared-files.js';
import { projectListing, sourceSetMatcher, type SourceSet } from './source-set.js';

/** Which files an element is made from. */
export interface StagedFilesChoice {
  /** The workspace, absolute. */
  readonly workspace: string;
  /** The project's directory relative to the workspace. */
  readonly project: string;
  readonly set: SourceSet;
  /** Files that metadata names, relative to the project. */
  readonly named: readonly string[];
  /** Globs of files outside of the project, relative to the workspace. */
  readonly shared: readonly string[];
  readonly generated: readonly GeneratedFiles[];
}

/** Files of a directory of this machine, to be captured. */
export interface StagedFiles {
  /** Absolute: the project, or the workspace where files outside of the project are staged with it. */
  readonly directory: string;
  /** Files and the directories above them, relative to that. */
  readonly wanted: ReadonlySet<string>;
  /** Checks a symbolic link by its path. @throws ElementError SOURCE if it leads to what is not staged */
  readonly checkLink: (path: string) => void;
  /** All files of the project, relative to it: what these were chosen from. */
  readonly listed: readonly string[];
}

/** How many files an error names. */
const NAMED = 3;

/**
 * The files of a project that belong to one element, and those of the workspace that are staged with them.
 *
 * @throws ElementError SOURCE for files that git has and this working tree has not, for a named file that git ignores,
 *   and for an option that names no file
 */
export async function stagedFiles(choice: StagedFilesChoice): Promise<StagedFiles> {
  const { workspace, project, shared } = choice;
  const own = join(workspace, project);
  const matches = sourceSetMatcher(choice.set);
  const listing = await projectListing(own);
  const missing = listing.absent.filter(({ path }) => matches(path));
  const files = new Set(listing.files.filter(matches));
  const listed = new Set(listing.files);
  for (const path of choice.named) {
    if (listed.has(path)) files.add(path);
    else if (!path.startsWith('../') && (await exists(join(own, path)))) throw ignoredByGit(posix.join(project, path));
  }
  for (const path of await generatedFiles(own, project, choice.generated)) files.add(path);
  const outer = await sharedFiles(workspace, shared);
  const located = (path: string): string => (shared.length === 0 ? path : posix.join(project, path));
  const wanted = new Set<string>();
  for (const path of files) addWithParents(located(path), wanted);
  for (const path of outer.files) addWithParents(path, wanted);
  throwAbsent([...missing.map(({ path, why }) => ({ path: posix.join(project, path), why })), ...outer.absent]);
  const directory = shared.length === 0 ? own : workspace;
  const links = { directory, project, base: shared.length === 0 ? project : '.', wanted };
  return {
    directory,
    wanted,
    checkLink: (path) => {
      checkLink(path, links);
    },
    listed: listing.files,
  };
}

function throwAbsent(absent: readonly AbsentFiles[]): void {
  const submodules = absent.filter(({ why }) => why === 'submodule').map(({ path }) => path);
  if (submodules.length > 0) {
    throw new ElementError({
      code: 'SOURCE',
      message: `${list(submodules)} ${submodules.length === 1 ? 'is a submodule that is' : 'are submodules that are'} not checked out`,
      hint: 'run `git submodule update --init --recursive`; add what is not needed to the option `exclude`',
    });
  }
  if (absent.length === 0) return;
  throw new ElementError({
    code: 'SOURCE',
    message: `${list(absent.map(({ path }) => path))} ${absent.length === 1 ? 'lies' : 'lie'} outside of the sparse checkout`,
    hint: 'add the directory with `git sparse-checkout add`; add what is not needed to the option `exclude`',
  });
}

function ignoredByGit(path: string): ElementError {
  return new ElementError({
    code: 'SOURCE',
    message: `\`${path}\` is in the project's metadata, but git ignores it`,
    hint: 'add it with `git add --force`, or, if a task generates it, list it in the option `generated`',
  });
}

interface LinkPlaces {
  readonly directory: string;
  readonly project: string;
  /** The directory relative to the workspace. */
  readonly base: string;
  readonly wanted: ReadonlySet<string>;
}

/** What a link leads to has to be in the sandbox; inside of the project it may lead nowhere. */
function checkLink(path: string, { directory, project, base, wanted }: LinkPlaces): void {
  const target = readlinkSync(join(directory, path));
  const link = posix.join(base, path);
  const error = (what: string, hint: string): ElementError =>
    new ElementError({ code: 'SOURCE', message: `\`${link}\` is a symbolic link to \`${target}\`, ${what}`, hint });
  if (posix.isAbsolute(target)) {
    throw error('an absolute path', 'paths in the sandbox differ from this machine: make the link relative');
  }
  const to = posix.join(posix.dirname(link), target);
  if (to === project || to.startsWith(`${project}/`) || project === '.') {
    if (to !== '..' && !to.startsWith('../')) return;
  }
  if (to === '..' || to.startsWith('../')) {
    throw error('which is outside the workspace', 'sandboxes contain only files of the workspace: move it there');
  }
  if (base === '.' && wanted.has(to.replace(/\/$/, ''))) return;
  throw error(
    'which is outside the project',
    `add \`${to}\` to the option \`shared\`, for workspace files that are staged with the project`,
  );
}

function addWithParents(file: string, to: Set<string>): void {
  for (let path = file; path !== '' && !to.has(path); path = path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    to.add(path);
}

function list(paths: readonly string[]): string {
  const named = paths.slice(0, NAMED).map((path) => `\`${path}\``);
  const more = paths.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
