/**
 * `npm test`: sets the machine up, then runs every check there is as targets of Nx (`tools/checks`), side by side and with
 * live output. A check that fails stops no other, except that nothing runs on packages that do not build. What has not
 * changed since it passed is taken from Nx's cache. The last line is `N passed, N failed`: the numbers of the runners
 * themselves, where a compiler, a linter or a formatter counts as one.
 *
 * `--only element,lint` runs these phases alone; `--affected` what a change since the main branch concerns (`--base` and
 * `--head` as Nx has them); `--no-cache` runs everything anew; `--keep-times` writes `tools/checks/times.json`.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { failed, passed } from './checks/counts.mjs';
import { phaseOf, phasesOf, reportOf, summary } from './checks/summary.mjs';
import { SetUpError, need, partsForTests, pathOfTests } from './set-up.mjs';
import { isMain, root, run, secondsSince } from './workspace.mjs';

/** Nx's own scheduling puts what others wait for first, then the files of e2e, the longest ones first. */
const TARGETS = ['format', 'lint', 'typecheck', 'test', 'conformance'];

/** On two processors: tests wait for servers, containers and downloads for a third of their time. */
const PARALLEL = 3;

const nxProgram = () => createRequire(join(root, 'package.json')).resolve('nx/bin/nx.js');

/** The daemon would outlive the run. */
const nxEnvironment = () => ({ ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' });

function nx(words, options = {}) {
  return run(process.execPath, [nxProgram(), ...words], { env: nxEnvironment(), ...options });
}

/** The tasks that Nx would run for a command, such as `python:test`, as Nx orders them. */
async function tasksOf(words) {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-tasks-'));
  try {
    const file = join(directory, 'graph.json');
    const { code } = await nx([...words, `--graph=${file}`], { quiet: true });
    if (code !== 0 || !existsSync(file)) throw new Error(`nx ${words.join(' ')} has no graph`);
    return Object.keys(JSON.parse(readFileSync(file, 'utf8')).tasks.tasks);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What is not a check: builds, and what stands for several checks. */
const isCheck = (task) => !/:build$|^e2e:test$/.test(task);

/**
 * The words for Nx that run some tasks and no others.
 *
 * @param tasks all there are @param only names of phases
 * @returns a list for each run of Nx, which takes the projects of a target at a time
 */
export function runsFor(tasks, only) {
  const byTarget = new Map();
  for (const task of tasks.filter(isCheck)) {
    const at = task.indexOf(':');
    const [project, target] = [task.slice(0, at), task.slice(at + 1)];
    if (!only.includes(phaseOf(project, target))) continue;
    const name = target.startsWith('test:') ? 'test' : target;
    byTarget.set(name, new Set([...(byTarget.get(name) ?? []), project]));
  }
  return [...byTarget].map(([target, projects]) => [
    'run-many',
    `--targets=${target}`,
    `--projects=${[...projects].join(',')}`,
  ]);
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

/** Without the shared cache: what asks it is among what is built. */
async function compile(more) {
  const env = { ...nxEnvironment(), NX_SKIP_REMOTE_CACHE: 'true' };
  const { code } = await nx(['run-many', '--targets=build', '--output-style=static', ...more], { env });
  return code === 0 ? passed(1) : failed(`exit code ${code}`);
}

async function runPhase(title, phase) {
  console.log(`\n=== ${title}`);
  const start = performance.now();
  const result = await phase();
  console.log(`=== ${title}: ${result.passed} passed, ${result.failed} failed (${secondsSince(start)})`);
  return { title, seconds: (performance.now() - start) / 1000, ...result };
}

/** Runs the checks. @returns the phases they make up */
async function check({ only, affected, more }) {
  const targets = `--targets=${TARGETS.join(',')}`;
  const whole = affected === undefined ? ['run-many', targets] : ['affected', targets, ...affected];
  const all = await tasksOf(whole);
  const known = [...new Set(all.filter(isCheck).map((task) => phaseOf(...splitTask(task))))];
  const unknown = only?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) {
    return [
      { title: 'phases', seconds: 0, ...failed(`no phase ${unknown.join(', ')}; there are ${known.join(', ')}`) },
    ];
  }
  const wanted = all.filter((task) => isCheck(task) && (only?.includes(phaseOf(...splitTask(task))) ?? true));
  const since = Date.now();
  for (const task of wanted) rmSync(join(root, reportOf(task)), { force: true });
  const output = [`--parallel=${PARALLEL}`, '--output-style=stream', ...more];
  for (const words of only === undefined ? [whole] : runsFor(all, only)) await nx([...words, ...output]);
  const read = (task) => {
    const file = join(root, reportOf(task));
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  };
  return phasesOf(wanted, read, since);
}

function splitTask(task) {
  const at = task.indexOf(':');
  return [task.slice(0, at), task.slice(at + 1)];
}

/** Keeps the times of this run: those by which the next one starts the longest first, and all of them for people. */
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
  const phases = [await runPhase('set-up', setUp)];
  if (phases[0].failed === 0) phases.push(await runPhase('compile', () => compile(more)));
  if (phases.every((phase) => phase.failed === 0)) phases.push(...(await check({ only, affected, more })));
  else console.log('\nNothing else was run.');
  await keep(phases, values['keep-times'] === true);

  console.log(`\n=== all (${secondsSince(start)})`);
  for (const line of summary(phases)) console.log(line);
  process.exitCode = phases.some((phase) => phase.failed > 0) ? 1 : 0;
}

if (isMain(import.meta.url)) await main();
