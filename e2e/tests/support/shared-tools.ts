import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './installation.js';

/** What `make-tools.cjs` has made. */
const MADE = join(REPOSITORY, 'node_modules', '.cache', 'wheelhouse-tests', 'tools');

/**
 * Puts the environment of Wheelhouse's tools into a store, so that no file but those about its installation waits for
 * that. Nothing else is in the store: what is built or fetched is built and fetched there.
 *
 * @param store absolute path of the store's directory, which need not exist
 */
export function giveTools(store: string): void {
  mkdirSync(store, { recursive: true });
  const target = join(store, 'tools');
  // Links, since nothing writes into these files; a copy where the store is on another file system.
  if (copy('-al', target) || copy('-a', target)) return;
  throw new Error(`\`${MADE}\` could not be copied to \`${target}\``);
}

function copy(how: string, target: string): boolean {
  if (existsSync(target)) rmSync(target, { recursive: true });
  return spawnSync('cp', [how, MADE, target]).status === 0;
}
