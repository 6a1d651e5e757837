/**
 * `node tools/python-files.mjs`: checks the Python files of the packages. Ruff lints them and says whether they are
 * formatted (`--fix` mends what it can), pyright checks their types for the oldest Python that they run on, and every
 * Python of this machine that they are for compiles them.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { need, partsForTests, pipEnvironment } from './set-up.mjs';
import { isMain, root, run } from './workspace.mjs';

/** The oldest minor version of Python 3 that the files run on: the oldest that wheels are built with. */
export const OLDEST_MINOR = 8;

const ruff = join(pipEnvironment('linters'), 'bin', 'ruff');

/** The Python files that packages ship, relative to the repository. */
export function pythonFiles() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'src'));
  return packages.flatMap((source) =>
    readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.py'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort(),
  );
}

/** The Pythons on PATH that the files are for, by version: `3.12`. */
export function pythons() {
  const minors = Array.from({ length: 16 }, (_, index) => OLDEST_MINOR + index);
  return minors
    .map((minor) => `3.${minor}`)
    .filter((version) => spawnSync(`python${version}`, ['-c', ''], { stdio: 'ignore' }).status === 0);
}

const COMPILE = `import sys
for name in sys.stdin.read().split("\\0"):
    compile(open(name, encoding="utf-8").read(), name, "exec")`;

/** What one Python says of files that it cannot compile; empty if it compiles them all. */
export function compileErrors(version, files) {
  const options = { cwd: root, input: files.join('\0'), encoding: 'utf8' };
  const { status, stderr } = spawnSync(`python${version}`, ['-W', 'error', '-c', COMPILE], options);
  return status === 0 ? '' : stderr;
}

/** The commands that check all files at once, by what they are called. */
export const checks = {
  'ruff finds nothing': [ruff, ['check', '--output-format', 'concise']],
  'they are formatted': [ruff, ['format', '--check']],
  'their types are right': [join(root, 'node_modules', '.bin', 'pyright'), []],
};

if (isMain(import.meta.url)) {
  await need({ pip: { linters: partsForTests.pip.linters } });
  if (process.argv.includes('--fix')) {
    await run(ruff, ['check', '--fix']);
    await run(ruff, ['format']);
  }
  for (const [program, args] of Object.values(checks)) {
    const { code } = await run(program, args);
    if (code !== 0) process.exitCode = 1;
  }
  for (const version of pythons()) {
    const errors = compileErrors(version, pythonFiles());
    console.log(`python${version}: ${errors === '' ? 'compiles all files' : errors}`);
    if (errors !== '') process.exitCode = 1;
  }
}
