/**
 * `npm test`: sets the machine up, then runs every check there is as targets of Nx (`tools/checks`), side by side and with
 * live output. A check that fails stops no other, except that nothing runs on packages that do not build. What has not
 * changed since it passed is taken from Nx's cache. The last line is `N passed, N failed`: the numbers of the runners
 * themselves, where a compiler, a linter or a formatter counts as one.
 *
 * Each part begins when what it needs is there: with the npm packages the compiler, and the checks that read sources
 * alone; with what is compiled the type checker; with all of it the tests.
 *
 * `--only element,lint` runs these phases alone; `--affected` what a change since the main branch concerns (`--base` and
 * `--head` as Nx has them); `--no-cache` runs everything anew; `--keep-times` writes `tools/checks/times.json`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { failed, passed } from './checks/counts.mjs';
import { nx, planOf } from './checks/nx-runs.mjs';
import { phasesOf, reportOf, summary } from './checks/summary.mjs';
import { SetUpError, need, partsForTests, pathOfTests } from './set-up.mjs';
import { isMain, root, secondsSince } from './workspace.mjs';

/** They read sources alone, and are done by one process each, beside the tests. */
const SOURCES = ['lint', 'format'];
/** Nx's own scheduling puts what others wait for first, then the files of e2e, the longest ones first. */
const TESTS = ['test', 'conformance'];
const TARGETS = [...SOURCES, 'typecheck', ...TESTS];

/** On two processors: tests wait for servers, containers and downloads for a third of their time. */
const PARALLEL = 3;

/** Where there is a shared cache, the plugin that asks it has to be built before anything is asked for. */
const hasSharedCache = () => (process.env.NX_SELF_HOSTED_REMOTE_CACHE_SERVER ?? '') !== '';

async function setUp(parts) {
  try {
    await need(parts);
    process.env.PATH = pathOfTests();
    return passed(0);
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`set-up: ${error.message}`);
    return failed(error.message);
  }
}

/** Without the shared cache: what asks it is among what is built. */
async function compile(more) {
  const words = ['run-many', '--targets=build', '--output-style=static', ...more];
  const { code } = await nx(words, { more: { NX_SKIP_REMOTE_CACHE: 'true' } });
  return code === 0 ? passed(1) : failed(`exit code ${code}`);
}

async function runPhase(title, phase) {
  console.log(`\n=== ${title}`);
  const start = performance.now();
  const result = await phase();
  console.log(`=== ${title}: ${result.passed} passed, ${result.failed} failed (${secondsSince(start)})`);
  return { title, seconds: (performance.now() - start) / 1000, ...result };
}

const isGood = (phase) => phase.failed === 0;

/** Runs all there is to run. @returns the phases it makes up */
async function phasesOfRun({ only, affected, more }) {
  const packages = await runPhase('npm packages', () => setUp({ npm: partsForTests.npm }));
  if (!isGood(packages)) return [packages];
  const { tasks, known, unknown, runs } = await planOf(TARGETS, { only, affected });
  if (unknown.length > 0) {
    const reason = `no phase ${unknown.join(', ')}; there are ${known.join(', ')}`;
    return [packages, { title: 'phases', seconds: 0, ...failed(reason) }];
  }
  const since = Date.now();
  for (const task of tasks) rmSync(join(root, reportOf(task)), { force: true });
  const check = async (targets) => {
    for (const words of runs(targets)) {
      await nx([...words, `--parallel=${PARALLEL}`, '--output-style=stream', ...more]);
    }
  };

  // The e2e tests run Nx in copies of the example.
  const rest = runPhase('set-up', () => setUp({ ...partsForTests, npm: ['examples'] }));
  const compiled = runPhase('compile', () => compile(more));
  const sources = (hasSharedCache() ? compiled : Promise.resolve()).then(() => check(SOURCES));
  const typed = Promise.all([compiled, sources]).then(([built]) => (isGood(built) ? check(['typecheck']) : undefined));
  const before = [packages, ...(await Promise.all([rest, compiled]))];
  if (before.every(isGood)) await check(TESTS);
  else console.log('\nNo tests were run.');
  await typed;

  const read = (task) => {
    const file = join(root, reportOf(task));
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  };
  return [...before, ...phasesOf(tasks, read, since)];
}

/** Keeps the times of this run: those by which the next one starts the longest first, and all of them for users. */
async function keep(phases, shared) {
  const { keepTimes } = createRequire(import.meta.url)('./checks/kept-times.cjs');
  const files = Object.assign({}, ...phases.map((phase) => phase.files ?? {}));
  keepTimes(files, { shared: false });
  if (shared) keepTimes(files, { shared: true });
  const times = { phases: Object.fromEntries(phases.map(({ title, seconds }) => [title, seconds])), files };
  mkdirSync(join(root, 'reports', 'tests'), { recursive: true });
  writeFileSync(join(root, 'reports', 'tests', 'times.json'), `${JSON.stringify(times, null, 2)}\n`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      affected: { type: 'boolean' },
      base: { type: 'string' },
      head: { type: 'string' },
      'no-cache': { type: 'boolean' },
      'keep-times': { type: 'boolean' },
    },
  });
  const only = values.only?.flatMap((names) => names.split(','));
  const ends = ['base', 'head'].filter((name) => values[name] !== undefined).map((name) => `--${name}=${values[name]}`);
  const affected = values.affected ? ends : undefined;
  const more = values['no-cache'] ? ['--skip-nx-cache'] : [];

  const start = performance.now();
  const phases = await phasesOfRun({ only, affected, more });
  await keep(phases, values['keep-times'] === true);

  console.log(`\n=== all (${secondsSince(start)})`);
  for (const line of summary(phases)) console.log(line);
  process.exitCode = phases.some((phase) => phase.failed > 0) ? 1 : 0;
}

if (isMain(import.meta.url)) await main();
