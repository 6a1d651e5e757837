/**
 * `npm run pack`: builds the packages and packs each into `dist/packages`, as npm would publish them; prints the line
 * that installs them in a workspace.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, packageNames } from './build.mjs';
import { isMain, root } from './workspace.mjs';

/** Where the tarballs go. */
export const tarballs = join(root, 'dist', 'packages');

/**
 * Builds and packs every package.
 *
 * @param directory absolute path; what it holds is removed
 * @returns absolute paths of the tarballs
 */
export async function pack(directory = tarballs) {
  if ((await build()) !== 0) throw new Error("the packages do not build; the compiler's output is above");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const workspaces = packageNames().map((name) => `--workspace=packages/${name}`);
  const args = ['pack', '--json', '--ignore-scripts', ...workspaces, '--pack-destination', directory];
  const { status, stdout } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm pack ended with ${status}; its output is above`);
  // npm 10 answers a list, npm 11 an object by the packages' names.
  return Object.values(JSON.parse(stdout)).map(({ filename }) => join(directory, filename));
}

if (isMain(import.meta.url)) {
  const files = await pack();
  const { version } = JSON.parse(readFileSync(join(root, 'packages', 'build', 'package.json'), 'utf8'));
  console.log(`packed version ${version}:`);
  for (const file of files) console.log(`  ${file}`);
  console.log(`\nTo install them in a workspace, run there:\n\n  npm install --save-dev ${files.join(' ')}\n`);
}
