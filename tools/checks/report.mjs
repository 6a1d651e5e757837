/**
 * What came out of a check, kept as a file. It is JSON: `passed` and `failed`, numbers; `reasons`, a line for each failure;
 * `started`, milliseconds since 1970; `seconds`; `files`, seconds by test file.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathOfTests } from '../set-up.mjs';
import { root } from '../workspace.mjs';

/** @param path relative to the root @param result `passed`, `failed`, `reasons`, and `files` where the check knows them */
export function writeReport(path, { started, seconds, ...result }) {
  const file = resolve(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ started, seconds, files: {}, ...result }, null, 2)}\n`);
}

/** The environment of checks: what Nx tells its tasks is not for the Nx that tests run. */
export function environment() {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('NX_') && name !== 'FORCE_COLOR');
  return { ...Object.fromEntries(inherited), PATH: pathOfTests() };
}

/** A program that the workspace's npm packages bring. */
export const bin = (name) => join(root, 'node_modules', '.bin', name);
