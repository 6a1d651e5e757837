import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Interpreter } from '@wheelhouse/python/internal';

/** Prefixes that an interpreter shares with programs that are none of its business. */
export const SHARED_PREFIXES: readonly string[] = ['/', '/usr', '/usr/local'];

/** Names of an interpreter's programs among those that are installed beside it. */
const PROGRAM = /^(?:python|pypy)[\d.]*t?$/;

/** Directories of a prefix that hold nothing an interpreter runs with. */
const UNUSED = new Set(['bin', 'include', 'man', 'share']);

/** What of its own test suite an interpreter's users import. */
const TEST_SUPPORT = new Set(['__init__.py', 'libregrtest', 'regrtest.py', 'support', 'test_support.py']);

/**
 * The files and directories that an interpreter runs with: of a prefix of its own, all but its headers and what was
 * installed beside it; of a prefix that it shares, the parts that are known to be its.
 */
export function interpreterParts(interpreter: Interpreter): string[] {
  const { executable, stdlib, libraries, basePrefix } = interpreter;
  const own = SHARED_PREFIXES.includes(basePrefix)
    ? linksTo(executable)
    : [
        ...namesIn(join(basePrefix, 'bin'))
          .filter((name) => PROGRAM.test(name))
          .map((name) => join(basePrefix, 'bin', name)),
        ...namesIn(basePrefix)
          .filter((name) => !UNUSED.has(name))
          .map((name) => join(basePrefix, name)),
      ];
  // What is in a directory that is taken is taken with it.
  const parts = [...new Set([executable, ...own, ...stdlib, ...libraries])];
  return parts.filter((path) => existsSync(path) && !parts.some((other) => path.startsWith(`${other}/`))).sort();
}

/** The directories of the headers that extension modules are compiled with. */
export function interpreterHeaders({ basePrefix, version, abiFlags }: Interpreter): string[] {
  if (!SHARED_PREFIXES.includes(basePrefix)) return [join(basePrefix, 'include')].filter((path) => existsSync(path));
  const [major = '', minor = ''] = version.split('.');
  return [join(basePrefix, `include/python${major}.${minor}${abiFlags}`)].filter((path) => existsSync(path));
}

/** What an interpreter does not run with: what was installed into it, its test suite, and the library to embed it statically. */
export function interpreterExcludes({ sitePackages, stdlib }: Interpreter): string[] {
  const suites = stdlib.flatMap((directory) =>
    namesIn(join(directory, 'test'))
      .filter((name) => !TEST_SUPPORT.has(name))
      .map((name) => join(directory, 'test', name)),
  );
  const configurations = stdlib.flatMap((directory) =>
    namesIn(directory)
      .filter((name) => name.startsWith('config-'))
      .map((name) => join(directory, name)),
  );
  const archives = configurations.flatMap((directory) =>
    namesIn(directory)
      .filter((name) => name.endsWith('.a'))
      .map((name) => join(directory, name)),
  );
  return [...new Set([...sitePackages, ...suites, ...archives])].sort();
}

/** The names under which other programs start an interpreter. */
function linksTo(executable: string): string[] {
  return ['python3', 'python']
    .map((name) => join(dirname(executable), name))
    .filter((path) => existsSync(path) && realpathSync(path) === executable);
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
