import { spawn, type ChildProcessByStdio } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { transformSync } from '@swc/core';

const PACKAGE = join(__dirname, '../../..');

/** A user without a name, whom every kernel lets make a user namespace or none. */
const ORDINARY_UID = 61_234;

/** A copy of the package that any user can run, with a home and a store of its user's own. */
export interface OrdinaryCopy {
  /** Absolute path of the whole, to be removed in the end. */
  readonly directory: string;
  readonly home: string;
  readonly node: string;
  /** The compiled `ordinary-user-main`. */
  readonly main: string;
}

/** Compiles the package's sources and the cases into a temporary directory, with the dependencies beside them. */
export function copyForOrdinaryUser(): OrdinaryCopy {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-user-'));
  chmodSync(directory, 0o755);
  const copy = join(directory, 'element');
  for (const part of ['src', 'tests/sandbox/bubblewrap']) compile(join(PACKAGE, part), join(copy, part));
  const exported = { '.': './src/index.js', './internal': './src/internal.js' };
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ name: '@wheelhouse/element', exports: exported }));
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, '@wheelhouse'), { recursive: true });
  symlinkSync(copy, join(modules, '@wheelhouse/element'));
  for (const [name, from] of dependenciesOf(PACKAGE)) {
    cpSync(from, join(modules, name), { recursive: true, dereference: true });
  }
  // The interpreter may be in a home that is closed to others.
  const node = join(directory, 'node');
  cpSync(process.execPath, node, { dereference: true });
  const home = join(directory, 'home');
  mkdirSync(home);
  if (process.getuid?.() === 0) chownSync(home, ORDINARY_UID, ORDINARY_UID);
  return { directory, home, node, main: join(copy, 'tests/sandbox/bubblewrap/ordinary-user-main.js') };
}

/** Starts a program under the ordinary user's ids. */
export function spawnAsOrdinaryUser(
  copy: OrdinaryCopy,
  argv: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  const ids = [`--reuid=${ORDINARY_UID}`, `--regid=${ORDINARY_UID}`, '--clear-groups', '--'];
  return spawn('setpriv', [...ids, ...argv], {
    cwd: copy.home,
    env: { HOME: copy.home, PATH: process.env.PATH, TMPDIR: copy.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs such a program. @returns its output; @throws Error with its messages when it fails */
export async function runAsOrdinaryUser(copy: OrdinaryCopy, argv: readonly string[]): Promise<string> {
  const child = spawnAsOrdinaryUser(copy, argv);
  let output = '';
  let messages = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${String(code)}: ${messages}`);
  return output;
}

function compile(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.isDirectory()) compile(source, join(to, entry.name));
    else if (!entry.name.endsWith('.ts')) cpSync(source, join(to, entry.name));
    else {
      const { code } = transformSync(readFileSync(source, 'utf8'), {
        filename: source,
        jsc: { target: 'es2023', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'commonjs' },
      });
      writeFileSync(join(to, entry.name.replace(/\.ts$/, '.js')), code);
    }
  }
}

/** The directories of the packages that one needs when it runs, by their names. */
function dependenciesOf(directory: string, found = new Map<string, string>()): Map<string, string> {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (found.has(name)) continue;
    const from = moduleDirectory(name, directory);
    found.set(name, from);
    dependenciesOf(from, found);
  }
  return found;
}

function moduleDirectory(name: string, by: string): string {
  for (let at = by; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(candidate) && statSync(candidate).isDirectory()) return candidate;
    if (dirname(at) === at) throw new Error(`${name} is not installed`);
  }
}
