/** What npm runs before it packs a package: builds it, or says why that cannot be done here. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isMain, root } from './workspace.mjs';

if (isMain(import.meta.url)) {
  if (existsSync(join(root, 'node_modules', 'typescript'))) {
    // npm's own output, which may be JSON, goes to stdout.
    const args = [join(root, 'tools', 'build.mjs'), basename(process.cwd())];
    process.exitCode = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] }).status ?? 1;
  } else {
    console.error('prepack: the packages cannot be built without the npm packages of the workspace');
    console.error('hint: run `npm run set-up` in the root of the repository first');
    process.exitCode = 1;
  }
}
