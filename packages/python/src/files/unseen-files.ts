import { openSync, closeSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { askGit } from './git-command.js';
import { isIgnoredByGit } from './git-files.js';

/** So many files of a directory that git ignores are looked at. */
const LOOKED_AT = 1000;
/** What tools leave in a project, and directories that hold nothing of its own. */
const DEBRIS = /(^|\/)(__pycache__|node_modules|venv|\.[^/]+|[^/]+\.egg-info)\/|^(build|dist)\/|\.py[co]$/;
/** What editors, compilers and running programs leave beside sources. */
const LEFT_BEHIND = /(^|\/)\.|~$|\.(log|sqlite3?|db|sw[op]|bak|orig|tmp|pid|sock|so|pyd|dylib|dll|o|a|obj|lib|c|cpp)$/;

/** Files of a project that git ignores, relative to it and sorted; the first of them where they are many. */
export interface IgnoredFiles {
  /** Those in packages, that a wheel has which is built from what is there. Not what tools leave behind. */
  readonly inPackages: readonly string[];
  /** All but the caches and environments of tools. */
  readonly all: readonly string[];
}

/**
 * The files of a project that git ignores.
 *
 * @param directory the project's, absolute
 * @param sources the project's files, relative to it
 * @throws ElementError SOURCE if git refuses to answer
 */
export async function ignoredFiles(directory: string, sources: readonly string[]): Promise<IgnoredFiles> {
  const listed = await listIgnored(directory);
  const packages = new Set(
    sources.filter((path) => path.endsWith('.py') && path.includes('/')).map((path) => posix.dirname(path)),
  );
  const inPackages = new Set<string>();
  const all = new Set<string>();
  for (const path of listed) {
    if (path === '' || path === './' || DEBRIS.test(path)) continue;
    const isDirectory = path.endsWith('/');
    const files = isDirectory ? filesBelow(directory, path.slice(0, -1)) : [path];
    for (const file of files) all.add(file);
    const inPackage = ancestors(path).some((each) => packages.has(each));
    if (!inPackage && !(isDirectory && files.includes(`${path}__init__.py`))) continue;
    for (const file of files) if (!LEFT_BEHIND.test(file)) inPackages.add(file);
  }
  // A directory is printed beside what is in it where git ignores all of that.
  return { inPackages: [...inPackages].sort(), all: [...all].sort() };
}

/**
 * What git prints of what it ignores below a directory: nothing if that is all of it. There everything counts, and git
 * prints the directory itself, or in one further below fails.
 */
async function listIgnored(directory: string): Promise<readonly string[]> {
  const words = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory', '--', '.'];
  try {
    const listed = (await askGit(directory, words))?.split('\0') ?? [];
    return listed.includes('./') && (await isIgnoredByGit(directory)) ? [] : listed;
  } catch (error) {
    if (error instanceof ElementError && (await isIgnoredByGit(directory))) return [];
    throw error;
  }
}

/** What Git LFS leaves in place of a file (its specification: "The Pointer"). */
const POINTER = 'version https://git-lfs.github.com/spec/v1\n';
const POINTER_BYTES = 1024;

/** Those of a project's files that are pointers of Git LFS. */
export function lfsPointers(directory: string, sources: readonly string[]): string[] {
  return sources.filter((path) => {
    const stats = statSync(join(directory, path), { throwIfNoEntry: false });
    if (stats?.isFile() !== true || stats.size >= POINTER_BYTES || stats.size < POINTER.length) return false;
    return startOf(join(directory, path), POINTER.length) === POINTER;
  });
}

function startOf(path: string, length: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

function filesBelow(directory: string, path: string): string[] {
  const files: string[] = [];
  const left = [path];
  for (let at = left.pop(); at !== undefined && files.length < LOOKED_AT; at = left.pop()) {
    const entries = readdirSync(join(directory, at), { withFileTypes: true });
    // A virtual environment (PEP 405) of any name.
    if (entries.some(({ name }) => name === 'pyvenv.cfg')) continue;
    for (const entry of entries) {
      const below = `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!DEBRIS.test(`${below}/`)) left.push(below);
      } else if (!DEBRIS.test(below)) files.push(below);
    }
  }
  return files;
}

/** The directories above a path, without the topmost. */
function ancestors(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
