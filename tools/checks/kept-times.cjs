'use strict';

/**
 * How long test files take: `times.json`, which is under version control, and over it what the last runs on this machine
 * took, `.cache/test-times.json`. Both are JSON: seconds by the file's path in the repository. What takes longest is
 * started first. CommonJS, for jest and Nx.
 */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const root = join(__dirname, '..', '..');
const SHARED = join(__dirname, 'times.json');
const LOCAL = join(root, '.cache', 'test-times.json');

/** Shorter ones are left out: no order depends on them. */
const WORTH_KEEPING = 2;

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
let known;

/** Seconds that a file took; one that is not known is taken to be long. @param file its path in the repository */
function secondsOf(file) {
  known ??= { ...read(SHARED), ...read(LOCAL) };
  return known[file] ?? (existsSync(LOCAL) || existsSync(SHARED) ? WORTH_KEEPING : 0);
}

/**
 * Keeps what files took.
 *
 * @param seconds by the file's path in the repository
 * @param shared whether for everybody, rounded, without files that are no more; for this machine otherwise
 */
function keepTimes(seconds, { shared }) {
  const file = shared ? SHARED : LOCAL;
  const all = Object.entries({ ...read(file), ...seconds })
    .filter(([path, took]) => took >= WORTH_KEEPING && existsSync(join(root, path)))
    .map(([path, took]) => [path, Math.round(took)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}

module.exports = { secondsOf, keepTimes };
