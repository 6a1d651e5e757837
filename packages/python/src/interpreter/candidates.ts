import { readdirSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { errnoOf, isProgram, statIfReachable } from '@wheelhouse/element/internal';
import { compareVersions, isVersion } from '../requirements/specifier.js';

/** The variables that say where interpreters are. */
export interface PythonEnvironment {
  readonly PATH?: string | undefined;
  readonly PYENV_ROOT?: string | undefined;
  readonly PYENV_VERSION?: string | undefined;
  readonly HOME?: string | undefined;
}

/**
 * The programs on PATH that may be Python, best first: directories in PATH's order, and in each `python3`, `python`,
 * then `pythonX.Y`, newest first; each is looked for when it is asked for. A pyenv shim stands for the program that pyenv would run.
 *
 * @param names only these, where given
 */
export function* pathCandidates(environment: PythonEnvironment, names?: readonly string[]): Generator<string> {
  const found = new Set<string>();
  for (const directory of (environment.PATH ?? '').split(delimiter)) {
    if (directory === '') continue;
    for (const name of names ?? namesIn(directory)) {
      const program = isShims(directory) ? shimTarget(directory, name, environment) : join(directory, name);
      if (program === undefined || found.has(program) || !isProgram(program)) continue;
      found.add(program);
      yield program;
    }
  }
}

/**
 * Interpreters that pyenv installed under a name: an exact version, a prefix of one, or a virtual environment.
 *
 * @param name every version of CPython, newest first, if absent
 */
export function pyenvCandidates(environment: PythonEnvironment, name?: string): string[] {
  const home = environment.HOME === undefined ? undefined : join(environment.HOME, '.pyenv');
  const root = environment.PYENV_ROOT ?? home;
  if (root === undefined) return [];
  const versions = name === undefined ? newestFirst(list(join(root, 'versions'))) : matchingVersions(root, name);
  return versions.map((version) => join(root, 'versions', version, 'bin', 'python')).filter(isProgram);
}

/** A directory is only read if its `python3` is not suitable: some contain thousands of programs. */
function* namesIn(directory: string): Generator<string> {
  yield* ['python3', 'python'];
  yield* list(directory)
    .filter((name) => /^python3\.\d+$/.test(name))
    .sort((a, b) => Number(b.slice('python3.'.length)) - Number(a.slice('python3.'.length)));
}

function isShims(directory: string): boolean {
  return basename(directory) === 'shims' && statIfReachable(join(dirname(directory), 'versions')) !== undefined;
}

/** What pyenv's `PYENV_VERSION` and global `version` file say; `system` is what comes later on PATH. */
function shimTarget(shims: string, name: string, environment: PythonEnvironment): string | undefined {
  const root = dirname(shims);
  const chosen = environment.PYENV_VERSION?.split(':') ?? readLines(join(root, 'version'));
  for (const version of chosen) {
    for (const match of matchingVersions(root, version)) {
      const program = join(root, 'versions', match, 'bin', name);
      if (isProgram(program)) return program;
    }
  }
  return undefined;
}

function matchingVersions(root: string, name: string): string[] {
  const installed = list(join(root, 'versions'));
  if (installed.includes(name)) return [name];
  const [, implementation, begin, mark = ''] = /^(|pypy|graalpy-?)(\d+(?:\.\d+)*)(t?)$/.exec(name) ?? [];
  if (implementation === undefined || begin === undefined) return [];
  if (implementation !== '') return installed.filter((version) => version.startsWith(`${name}-`));
  return newestFirst(
    installed.filter((directory) => directory.endsWith('t') === (mark === 't') && directory.startsWith(`${begin}.`)),
  );
}

/** Those names of directories that are versions of CPython, `3.13.0t` without the global interpreter lock among them. */
function newestFirst(directories: readonly string[]): string[] {
  const versionOf = (directory: string): string => directory.replace(/t$/, '');
  return directories
    .filter((directory) => isVersion(versionOf(directory)))
    .sort((a, b) => compareVersions(versionOf(b), versionOf(a)));
}

/** The lines of a file that are neither empty nor comments; none if the file does not exist. */
export function readLines(path: string): string[] {
  return readNumberedLines(path).map(({ text }) => text);
}

/** The same with their numbers, the first being 1. */
export function readNumberedLines(path: string): { readonly text: string; readonly line: number }[] {
  if (statIfReachable(path)?.isFile() !== true) return [];
  return readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ text: line.replace(/(?:^|\s)#.*$/, '').trim(), line: index + 1 }))
    .filter(({ text }) => text !== '');
}

function list(directory: string): string[] {
  if (statIfReachable(directory)?.isDirectory() !== true) return [];
  try {
    return readdirSync(directory);
  } catch (error) {
    // Not ours to look into: no candidates.
    if (errnoOf(error) === 'EACCES') return [];
    throw error;
  }
}
