import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './installation.js';
import { removeTree } from './remove-tree.js';
import { giveTools } from './shared-tools.js';

const STORES = join(REPOSITORY, 'node_modules', '.cache', 'wheelhouse-tests', 'stores');
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The store of all files that do not test what only a store of their own shows (docs/adr/0095). Everything in it was built
 * by the packages as they are compiled now: other code has another store.
 *
 * @returns absolute path of its directory
 */
export function sharedStore(): string {
  mkdirSync(STORES, { recursive: true });
  const name = digestOfPackages();
  const store = join(STORES, name);
  if (!existsSync(store)) create(store);
  utimesSync(store, new Date(), new Date());
  removeUnused();
  forgetFailures(store);
  return store;
}

/** Stores of code that has not been tested for a day. */
function removeUnused(): void {
  for (const name of readdirSync(STORES)) {
    const store = join(STORES, name);
    const used = statSync(store, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - used > DAY_MS) removeTree(store);
  }
}

/** Files that start at the same time each make one, and the first is kept. */
function create(store: string): void {
  const fresh = mkdtempSync(`${store}.`);
  giveTools(fresh);
  try {
    renameSync(fresh, store);
  } catch (error) {
    removeTree(fresh);
    if (!existsSync(store)) throw error;
  }
}

function digestOfPackages(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(REPOSITORY, 'packages')).sort()) {
    const bundle = join(REPOSITORY, 'packages', name, 'bundle');
    if (!existsSync(bundle)) continue;
    for (const file of readdirSync(bundle, { recursive: true, encoding: 'utf8' }).sort()) {
      if (/\.c?js$/.test(file)) hash.update(`${name}/${file}\n`).update(readFileSync(join(bundle, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** A build that failed in an earlier run is tried again in this one. */
function forgetFailures(store: string): void {
  const words = ['--recursive', '--files-with-matches', '"failedCommand"', join(store, 'artifacts')];
  const { stdout } = spawnSync('grep', words, { encoding: 'utf8' });
  for (const record of stdout.split('\n').filter((path) => path !== '')) rmSync(record, { force: true });
}
