/**
 * `npm test`: sets the machine up, then runs every check there is, with live output. A phase that fails stops no other,
 * save that nothing runs on packages that do not build. The last line is `N passed, N failed`: the numbers of the
 * runners themselves, where a compiler, a linter or a formatter counts as one.
 *
 * `npm test -- --only element,lint` runs just these phases.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetUpError, need, partsForTests, pathOfTests } from './set-up.mjs';
import { isMain, root, run, secondsSince } from './workspace.mjs';

const passed = (count) => ({ passed: count, failed: 0, reasons: [] });
const failed = (...reasons) => ({ passed: 0, failed: reasons.length, reasons });

/**
 * What one jest run amounts to. A suite that could not run is a failure, and so is a test that was left out: a part
 * that is absent has not been shown to work.
 *
 * @param report what jest wrote with `--json`, or undefined where it wrote nothing
 * @param exitCode jest's own
 */
export function countJest(report, exitCode) {
  if (report === undefined) return failed(`jest wrote no results (exit code ${exitCode})`);
  const reasons = [];
  for (const suite of report.testResults) {
    const file = suite.name.startsWith(root) ? suite.name.slice(root.length + 1) : suite.name;
    if (suite.assertionResults.length === 0) reasons.push(`${file}: the suite did not run, or has no tests`);
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') continue;
      reasons.push(`${file}: ${test.fullName}${test.status === 'failed' ? '' : ` (${test.status}: it did not run)`}`);
    }
  }
  if (report.numTotalTests === 0 && reasons.length === 0) reasons.push('there are no tests');
  if (exitCode !== 0 && reasons.length === 0) reasons.push(`jest ended with exit code ${exitCode}`);
  return { passed: report.numPassedTests, failed: reasons.length, reasons };
}

/** The same for `node --test`, from the totals at the end of its TAP output. */
export function countNodeTests(text, exitCode) {
  const total = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  const reasons = [...text.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name]) => name);
  const absent = total('skipped') + total('todo');
  if (absent > 0) reasons.push(`${absent} tests were left out`);
  const count = total('pass');
  if (count === 0 && reasons.length === 0) reasons.push('there are no tests');
  if (exitCode !== 0 && reasons.length === 0) reasons.push(`node --test ended with exit code ${exitCode}`);
  return { passed: count, failed: Math.max(total('fail') + absent, reasons.length), reasons };
}

const bin = (name) => join(root, 'node_modules', '.bin', name);

async function command(program, ...args) {
  const { code } = await run(program, args);
  return code === 0 ? passed(1) : failed(`exit code ${code}`);
}

async function jest(directory) {
  const results = mkdtempSync(join(tmpdir(), 'wheelhouse-test-'));
  try {
    const outputFile = join(results, 'jest.json');
    const args = [
      '--config',
      join(directory, 'jest.config.cjs'),
      '--ci',
      '-w',
      '2',
      '--json',
      '--outputFile',
      outputFile,
    ];
    const { code } = await run(bin('jest'), args);
    return countJest(existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : undefined, code);
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

async function toolsTests() {
  const files = readdirSync(join(root, 'tools', 'tests')).filter((file) => file.endsWith('.test.mjs'));
  const args = ['--test', '--test-reporter', 'tap', ...files.map((file) => join('tools', 'tests', file))];
  const { code, text } = await run(process.execPath, args, { capture: true });
  return countNodeTests(text, code);
}

/** The packages in the order of their dependencies, then whatever else there is. */
function packages() {
  const order = ['element', 'python', 'remote', 'build', 'scaffold', 'cache'];
  return readdirSync(join(root, 'packages')).sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

/** Every phase by name, in the order they run. */
function phases() {
  return [
    ['format', () => command(bin('prettier'), '--check', '.')],
    ['lint', () => command(bin('eslint'), '.')],
    ['typecheck', () => command(bin('tsc'), '-b')],
    ['tools', toolsTests],
    ...packages().map((name) => [name, () => jest(join('packages', name))]),
    ['e2e', () => jest('e2e')],
  ];
}

async function runPhase(title, phase) {
  console.log(`\n=== ${title}`);
  const start = performance.now();
  const result = await phase();
  console.log(`=== ${title}: ${result.passed} passed, ${result.failed} failed (${secondsSince(start)})`);
  return { title, time: secondsSince(start), ...result };
}

async function setUp() {
  try {
    // The e2e tests run Nx in copies of the example.
    await need({ ...partsForTests, npm: [...partsForTests.npm, 'examples'] });
    process.env.PATH = pathOfTests();
    return passed(0);
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`set-up: ${error.message}`);
    return failed(error.message);
  }
}

async function compile() {
  return command(process.execPath, join('tools', 'build.mjs'));
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const only = values.only?.flatMap((names) => names.split(','));
  const known = phases();
  const unknown = only?.filter((name) => !known.some(([title]) => title === name)) ?? [];
  if (unknown.length > 0) {
    console.error(`no phase ${unknown.join(', ')}; there are ${known.map(([title]) => title).join(', ')}`);
    process.exitCode = 1;
    return;
  }

  const start = performance.now();
  const results = [await runPhase('set-up', setUp)];
  if (results[0].failed === 0) results.push(await runPhase('compile', compile));
  if (results.every((result) => result.failed === 0)) {
    for (const [title, phase] of known) {
      if (only === undefined || only.includes(title)) results.push(await runPhase(title, phase));
    }
  } else {
    console.log('\nNothing else was run.');
  }

  console.log(`\n=== all (${secondsSince(start)})`);
  for (const { title, time, passed: good, failed: bad, reasons } of results) {
    console.log(
      `${title.padEnd(12)} ${String(good).padStart(6)} passed ${String(bad).padStart(4)} failed ${time.padStart(9)}`,
    );
    for (const reason of reasons) console.log(`             - ${reason}`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main();
