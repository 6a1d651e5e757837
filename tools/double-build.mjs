/**
 * Builds a wheel twice without a network, the second time as if on another machine: another directory and store, one
 * processor, another umask, time zone, locale and home, and a clock that is a day ahead. What needs no network is run
 * without one, in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMain } from './workspace.mjs';

const require = createRequire(import.meta.url);
const LIBFAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
/** With libfaketime Rust's allocator waits forever, and scikit-build-core cannot start cmake. */
const WITHOUT_CLOCK = ['maturin', 'setuptools-rust', 'scikit-build-core'];

/** What the builds need on a machine beside what every build needs. */
export const PACKAGES = ['faketime', 'cmake', 'ninja-build', 'rustc', 'cargo'];

/** Gives every command in the sandbox another clock. */
class SandboxWithClock {
  name = 'bubblewrap';

  constructor(sandbox) {
    this.sandbox = sandbox;
  }

  supports(action) {
    return this.sandbox.supports(action);
  }

  run(action, io) {
    const clock = { LD_PRELOAD: LIBFAKETIME, FAKETIME: '+1d', DONT_FAKE_MONOTONIC: '1' };
    const steps = action.steps.map((step) => ({ ...step, environment: { ...step.environment, ...clock } }));
    return this.sandbox.run({ ...action, steps }, io);
  }
}

/** `lock` writes the locks of a project, `snapshot` fetches, `build` builds the one wheel and leaves it in `out`. */
async function takeStep({ step, project, workspace: directory, sdist, out, isElsewhere }) {
  const {
    BubblewrapSandbox,
    checkoutTree,
    LocalStore,
    readBlob,
    storeDirectory,
  } = require('@wheelhouse/element/internal');
  const { fetchSnapshot, openPlan, ProjectPlan, PythonWorkspace } = require('@wheelhouse/python-stage/internal');
  const { readToolsLock } = require('@wheelhouse/python/fetch');
  const environment = process.env;
  const store = LocalStore.open(storeDirectory(environment));
  const sandbox = new BubblewrapSandbox({ store, path: environment.PATH });
  const failures = [];
  const engine = {
    ...{ store, environment, retryFailed: true, verifyToolchain: false, signal: new AbortController().signal },
    sandbox,
    listener: (event) => event.type === 'failed' && failures.push(event.record),
  };
  const workspace = await PythonWorkspace.open({
    // Another clock and programs that sdists start come from the machine.
    ...{ directory, projects: [{ ...project, settings: { toolchain: 'host', ...project.settings } }], environment },
    memo: (name) => store.memo(name),
  });
  const operation = { workspace, project: workspace.project(project.name), engine };
  if (step === 'lock') {
    const { makeLocks } = require('@wheelhouse/python-stage/lock');
    return { written: (await makeLocks(operation)).written };
  }
  if (step === 'snapshot') return { files: (await fetchSnapshot(operation)).fileCount };

  const planned = await workspace.planned(operation.project);
  const plan = new ProjectPlan(readToolsLock());
  const entry = planned.locks.runtime.entries.find(({ normalizedName }) => normalizedName === sdist);
  const element = sdist === undefined ? plan.wheel(planned) : plan.sdistWheel(entry, planned);
  const lock = planned.locks.build.get(
    sdist === undefined ? planned.metadata.normalizedName : `${entry.normalizedName}==${entry.version}`,
  );
  const requirements = lock.entries.map(({ normalizedName }) => normalizedName);
  const hasClock = isElsewhere && !WITHOUT_CLOCK.some((name) => requirements.includes(name));
  const session = await openPlan(
    workspace,
    { ...engine, sandbox: hasClock ? new SandboxWithClock(sandbox) : sandbox },
    { plan, targets: [element], projects: [planned] },
  );
  await session.build();
  const [failure] = failures;
  if (failure !== undefined) {
    const log = failure.log === undefined ? '' : Buffer.from(await readBlob(store.blobs, failure.log)).toString('utf8');
    throw new Error(`the build of ${failure.element} failed\n${log.split('\n').slice(-60).join('\n')}`);
  }
  const record = session.recordOf(element);
  mkdirSync(out, { recursive: true });
  await checkoutTree(store.blobs, record.tree, join(out, 'tree'));
  return { version: entry?.version, elapsed: record.elapsed, requirements };
}

/** @param words what the program is started by @throws Error with its output where it fails */
function runStep(input, { words = [], env }) {
  const program = [...words, process.execPath, fileURLToPath(import.meta.url), JSON.stringify(input)];
  const options = { env, encoding: 'utf8', maxBuffer: 1 << 26, cwd: '/' };
  const { status, stdout, stderr } = spawnSync(program[0], program.slice(1), options);
  if (status !== 0) throw new Error(stderr.trim() || `${program.join(' ')} ended with ${status}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}

function wheelIn(directory) {
  const inner = join(directory, 'tree', 'wheelhouse');
  const [wheel, ...more] = readdirSync(inner);
  if (wheel === undefined || more.length > 0) throw new Error(`${inner} does not hold one wheel`);
  return join(inner, wheel);
}

/**
 * Builds the wheel of a project, or of an sdist that its locks hold, twice.
 *
 * @param project as `PythonWorkspace.open` takes it; it is in `<base>/workspace`
 * @param options `base`, absolute, where everything is made; `sdist`, its name; `lock`, whether to make the locks
 * @returns what the first build said, and `differences`, a line for each way in which the wheels differ
 */
export async function doubleBuild(project, { base, sdist, lock = false }) {
  const workspace = join(base, 'workspace');
  const elsewhere = join(base, 'another user', 'of today');
  const home = join(base, 'home');
  mkdirSync(home, { recursive: true });
  const outputs = ['first', 'second'].map((each) => join(base, 'wheels', project.name, each));
  rmSync(join(base, 'wheels', project.name), { recursive: true, force: true });
  const env = { ...process.env, HOME: home, WHEELHOUSE_CACHE_DIR: join(base, 'store'), TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  // Rustup's toolchains are below the user's home.
  const rustup = { RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(process.env.HOME ?? '/', '.rustup') };
  const input = { project, sdist, workspace };
  if (lock) runStep({ ...input, step: 'lock' }, { env: { ...env, ...rustup } });
  runStep({ ...input, step: 'snapshot' }, { env: { ...env, ...rustup } });
  const offline = ['unshare', '--net'];
  const first = runStep({ ...input, step: 'build', out: outputs[0] }, { env: { ...env, ...rustup }, words: offline });
  for (const part of [project.root, join('dist', project.root)]) {
    cpSync(join(workspace, part), join(elsewhere, part), { recursive: true });
  }
  const other = {
    ...{ PATH: env.PATH, HOME: elsewhere, WHEELHOUSE_CACHE_DIR: join(base, 'another store'), ...rustup },
    ...{ TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANGUAGE: 'tr' },
  };
  runStep(
    { ...input, workspace: elsewhere, step: 'build', out: outputs[1], isElsewhere: true },
    { env: other, words: [...offline, 'taskset', '--cpu-list', '0', 'sh', '-c', 'umask 0077 && exec "$@"', 'sh'] },
  );
  const { compareWheels, fileBytes, formatDifference } = require('@wheelhouse/python-stage/inspection');
  const [one, two] = outputs.map((directory) => fileBytes(wheelIn(directory)));
  const differences = (await compareWheels(one, two)).filter(({ reason }) => reason !== 'consequence');
  return { ...first, differences: differences.map(formatDifference) };
}

/** What a build came to, in a cell of a table. */
export function outcomeOf({ error, differences }) {
  if (error !== undefined) return 'failed';
  return differences.length === 0 ? 'identical' : differences.map((each) => each.replaceAll('|', '\\|')).join('; ');
}

/** Seconds, as people read them. @param milliseconds may be absent */
export function seconds(milliseconds) {
  return milliseconds === undefined ? '' : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Replaces what is between two comments of a page. */
export function writeBetween(page, name, text) {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [before, rest] = readFileSync(page, 'utf8').split(begin);
  writeFileSync(page, `${before}${begin}\n\n${text}\n\n${end}${rest.split(end)[1]}`);
}

if (isMain(import.meta.url)) console.log(JSON.stringify(await takeStep(JSON.parse(process.argv[2]))));
