import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { spawnSync } from 'node:child_process';
import { ordinaryUser } from './users.js';

/** The directory of the repository. */
export const REPOSITORY: string = join(__dirname, '..', '..', '..');

/** The packages that users install; the others come with them. */
const INSTALLED = ['build', 'scaffold'];

/** The packages, and what they need at run time, where every user of this machine can read them. */
export interface Installation {
  /** Absolute path of a Node that every user can run. */
  readonly node: string;
  /** Absolute path of the program `wheelhouse`. */
  readonly command: string;
  /** Absolute path of the program in `operate.cjs`. */
  readonly operate: string;
}

/** Only the executors and generators need Nx, which is large. */
const LEFT_OUT = ['@nx/devkit'];

/** What is not published of the packages here; of others everything is. */
const NOT_PUBLISHED = ['src', 'tests'];

/** Copies the built packages into `directory`, which every user can search. A checkout may be closed to other users. */
export function installPackages(directory: string): Installation {
  const modules = join(directory, 'node_modules');
  const seen = new Set<string>();
  const install = (source: string, target: string): void => {
    if (seen.has(source)) return;
    seen.add(source);
    const isOurs = dirname(realpathSync(source)) === join(REPOSITORY, 'packages');
    const leftOut = ['node_modules', ...(isOurs ? NOT_PUBLISHED : [])];
    cpSync(realpathSync(source), target, {
      recursive: true,
      filter: (path) => !leftOut.includes(relative(realpathSync(source), path).split(sep)[0] ?? ''),
    });
    for (const name of dependencies(source)) {
      const found = locate(name, realpathSync(source));
      const isNested = dirname(found).startsWith(realpathSync(source) + sep);
      install(found, join(isNested ? join(target, 'node_modules') : modules, name));
    }
  };
  for (const name of INSTALLED) install(join(REPOSITORY, 'packages', name), join(modules, '@wheelhouse', name));
  const operate = join(directory, 'operate.cjs');
  copyFileSync(join(__dirname, 'operate.cjs'), operate);
  return { node: nodeFor(directory), command: join(modules, '@wheelhouse', 'build', 'bin', 'wheelhouse.js'), operate };
}

function dependencies(directory: string): string[] {
  const { dependencies: found = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(found).filter((name) => !LEFT_OUT.includes(name));
}

/** Where Node would find a package from `directory`. */
function locate(name: string, directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (at === dirname(at)) throw new Error(`${name} is not installed: run \`npm ci\``);
  }
}

function nodeFor(directory: string): string {
  const [setpriv = '', ...args] = ordinaryUser();
  if (spawnSync(setpriv, [...args, process.execPath, '--version'], { cwd: '/' }).status === 0) return process.execPath;
  const copy = join(directory, 'bin', 'node');
  mkdirSync(dirname(copy));
  copyFileSync(process.execPath, copy);
  chmodSync(copy, 0o755);
  return copy;
}
