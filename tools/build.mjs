/**
 * Builds the packages: `tsc -b`, then whatever the code reads from beside itself (element defaults, templates, scripts
 * run in sandboxes, schemas) goes into `dist` too, and what no longer has a source leaves it. At last the modules of a
 * package are put into one file. All of it incremental.
 *
 * `node tools/build.mjs [package...]`
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { bundle } from './bundle.mjs';
import { isMain, root } from './workspace.mjs';

/** Relative paths of the regular files under `directory`, at any depth. */
function filesUnder(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('__pycache__'));
}

const isCompiled = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts');

/** Element files that come with a package are parsed when it is built, and are beside their texts as JSON. */
const isDataFile = (file) => /\.(bst|conf|yaml)$/.test(file);

/** The files of `dist` that one file of `src` stands for. */
function outputsOf(file) {
  if (isDataFile(file)) return [file, `${file}.json`];
  if (!isCompiled(file)) return [file];
  const stem = file.slice(0, -'.ts'.length);
  return [`${stem}.js`, `${stem}.d.ts`];
}

function sameFile(from, to) {
  if (!existsSync(to)) return false;
  const [a, b] = [statSync(from), statSync(to)];
  return a.size === b.size && (a.mode & 0o111) === (b.mode & 0o111) && readFileSync(from).equals(readFileSync(to));
}

function compileData(from, to) {
  const require = createRequire(import.meta.url);
  const { compileDataFile } = require(join(root, 'packages/element/dist/load/documents/data-file.js'));
  const compiled = compileDataFile(readFileSync(from, 'utf8'));
  if (existsSync(to) && readFileSync(to, 'utf8') === compiled) return;
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, compiled);
}

/** Brings the data files of one package's `dist` in line with its `src`. */
export function copyData(packageDirectory) {
  const [src, dist] = [join(packageDirectory, 'src'), join(packageDirectory, 'dist')];
  const sources = filesUnder(src);
  let copied = 0;
  for (const file of sources) {
    if (isCompiled(file)) continue;
    const [from, to] = [join(src, file), join(dist, file)];
    if (isDataFile(file)) compileData(from, `${to}.json`);
    if (sameFile(from, to)) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    chmodSync(to, statSync(from).mode & 0o777);
    copied += 1;
  }
  const expected = new Set([...sources.flatMap(outputsOf), 'tsconfig.tsbuildinfo']);
  const stale = filesUnder(dist).filter((file) => !expected.has(file));
  for (const file of stale) rmSync(join(dist, file));
  return { copied, removed: stale.length };
}

/** The packages' directory names, in no particular order. */
export function packageNames() {
  return readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'tsconfig.json')),
  );
}

/** Compiles, copies and bundles; answers the compiler's exit code. */
export async function build(names = packageNames()) {
  const projects = names.map((name) => join('packages', name));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', ...projects], { cwd: root, stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  // What a package depends on is compiled with it, and its data and its bundle are made by a build of its own.
  for (const name of names) {
    const { copied, removed } = copyData(join(root, 'packages', name));
    if (copied + removed > 0) console.log(`${name}: ${copied} data files copied, ${removed} stale files removed`);
    await bundle(join(root, 'packages', name));
  }
  return 0;
}

if (isMain(import.meta.url)) {
  const names = process.argv.slice(2);
  process.exitCode = await build(names.length > 0 ? names : undefined);
}
