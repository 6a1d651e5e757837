/**
 * Runs one check with live output, and writes what came out of it: `node tools/checks/run.mjs REPORT CHECK [ARGUMENT...]`,
 * from the root. The targets of Nx in `targets.cjs` are such commands; Nx keeps the report with the output.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ratchet } from '../conformance/run.mjs';
import { isMain, root, run } from '../workspace.mjs';
import { countJest, countNodeTests, failed, passed, secondsOfFiles } from './counts.mjs';
import { bin, environment, writeReport } from './report.mjs';

/** A program that says by its exit code alone how it went. */
async function command(program, ...args) {
  const { code } = await run(program, args, { env: environment() });
  return code === 0 ? passed(1) : failed(`exit code ${code}`);
}

/** @param directory that of the configuration @param files only these, relative to it; all of them otherwise */
async function jest(directory, ...files) {
  const results = mkdtempSync(join(tmpdir(), 'wheelhouse-test-'));
  try {
    const outputFile = join(results, 'jest.json');
    const only =
      files.length === 0 ? ['-w', '2'] : ['-i', '--runTestsByPath', ...files.map((file) => join(directory, file))];
    const args = [
      '--config',
      join(directory, 'jest.config.cjs'),
      '--testSequencer',
      join(root, 'tools', 'checks', 'longest-first.cjs'),
      '--ci',
      '--json',
      '--outputFile',
      outputFile,
      ...only,
    ];
    const { code } = await run(bin('jest'), args, { env: environment() });
    const report = existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : undefined;
    return { ...countJest(report, code), files: secondsOfFiles(report) };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

/** @param directory every `*.test.mjs` in it */
async function nodeTests(directory) {
  const files = readdirSync(join(root, directory)).filter((file) => file.endsWith('.test.mjs'));
  const args = ['--test', '--test-reporter', 'tap', ...files.map((file) => join(directory, file))];
  const { code, text } = await run(process.execPath, args, { capture: true, env: environment() });
  return countNodeTests(text, code);
}

/** Whether a file is formatted depends on its content, its options and Prettier's version alone, which are all in the cache. */
const PRETTIER_CACHE = ['--cache', '--cache-strategy', 'content', '--cache-location', join('.cache', 'prettier.json')];

/** By name; each answers `{ passed, failed, reasons }`, and `files` where it knows how long they took. */
const CHECKS = {
  prettier: (...paths) => command(bin('prettier'), '--check', '--log-level', 'warn', ...PRETTIER_CACHE, ...paths),
  'node-tests': nodeTests,
  jest,
  conformance: () => ratchet(),
};

async function main([report, name, ...args]) {
  const check = CHECKS[name];
  if (report === undefined || check === undefined) {
    throw new Error(`usage: run.mjs REPORT CHECK [ARGUMENT...]; checks are ${Object.keys(CHECKS).join(', ')}`);
  }
  rmSync(join(root, report), { force: true });
  const started = Date.now();
  const result = await check(...args);
  const seconds = (Date.now() - started) / 1000;
  writeReport(report, { started, seconds, ...result });
  console.log(`${result.passed} passed, ${result.failed} failed (${seconds.toFixed(1)} s)`);
  process.exitCode = result.failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main(process.argv.slice(2));
