/**
 * `node tools/sdists.mjs`: locks real sdists with `noBinary`, and builds the wheel of each twice without a network, the
 * second time as if on another machine: another directory and store, one processor, another umask, time zone, locale
 * and home, and a clock that is a day ahead (where the programs that build can stand libfaketime). Prints a table; with `--write` it goes into docs/guide/backends.md.
 *
 * `--only NAME,NAME` takes some of them; `--directory DIR` keeps what is made.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { need, partsForBuilding } from './set-up.mjs';
import { isMain, root } from './workspace.mjs';

/** Distributions whose sdists are built: pure and compiled ones, and build backends themselves. */
export const SDISTS = [
  ...['docopt', 'six', 'munch', 'pyfiglet', 'markupsafe', 'psutil', 'cffi', 'murmurhash', 'flask', 'httpx'],
  ...['attrs', 'rich', 'typer', 'narwhals', 'pybind11', 'meson-python', 'rpds-py', 'pyyaml', 'frozenlist', 'uwsgi'],
];

/** Debian packages that the builds need beside those of every build, and another clock. */
const PACKAGES = ['faketime', 'libffi-dev', 'libyaml-dev'];

const PAGE = join(root, 'docs', 'guide', 'backends.md');
const [TABLE_BEGIN, TABLE_END] = ['<!-- sdists: begin -->', '<!-- sdists: end -->'];
const LIBFAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** With libfaketime Rust's allocator waits for ever, and scikit-build-core cannot start cmake. */
const WITHOUT_CLOCK = ['rpds-py', 'pybind11'];

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

/**
 * One step of the way of one sdist, in a process of its own. `lock` writes the locks and fetches the snapshot, `build`
 * builds the wheel and leaves it in `out`.
 */
async function takeStep({ step, name, workspace: directory, out, clock }) {
  const require = createRequire(import.meta.url);
  const { BubblewrapSandbox, checkoutTree, LocalStore, readBlob, storeDirectory } = require('@wheelhouse/element');
  const { fetchSnapshot, openPlan, ProjectPlan, PythonWorkspace, readToolsLock } = require('@wheelhouse/python');
  const environment = process.env;
  const store = LocalStore.open(storeDirectory(environment));
  const sandbox = new BubblewrapSandbox({ store, path: environment.PATH });
  const failures = [];
  const engine = {
    ...{ store, environment, retryFailed: true, verifyToolchain: false, signal: new AbortController().signal },
    sandbox: clock ? new SandboxWithClock(sandbox) : sandbox,
    listener: (event) => event.type === 'failed' && failures.push(event.record),
  };
  const projects = [{ name, root: `apps/${name}`, settings: { noBinary: [name] } }];
  const workspace = await PythonWorkspace.open({ directory, projects, environment, memo: (memo) => store.memo(memo) });
  const operation = { workspace, project: workspace.project(name), engine };
  if (step === 'lock') {
    const { makeLocks } = require('@wheelhouse/python/lock');
    await makeLocks(operation);
    await fetchSnapshot(operation);
    return {};
  }
  const planned = await workspace.planned(operation.project);
  const plan = new ProjectPlan(readToolsLock());
  const entry = planned.locks.runtime.entries.find(({ normalizedName }) => normalizedName === name);
  const element = plan.sdistWheel(entry, planned);
  const session = await openPlan(workspace, engine, { plan, targets: [element], projects: [planned] });
  await session.build();
  if (failures.length > 0) {
    const text = Buffer.from(await readBlob(store.blobs, failures[0].log)).toString('utf8');
    throw new Error(`the build of ${failures[0].element} failed\n${text.split('\n').slice(-60).join('\n')}`);
  }
  mkdirSync(out, { recursive: true });
  const record = session.recordOf(element);
  await checkoutTree(store.blobs, record.tree, join(out, 'tree'));
  const lock = planned.locks.build.get(`${entry.normalizedName}==${entry.version}`);
  return {
    version: entry.version,
    elapsed: record.elapsed,
    requirements: lock.entries.map((each) => each.normalizedName),
  };
}

/** Runs a step as `words` say, and answers what it says. @throws Error with its output where it fails */
function runStep(input, { words = [], env }) {
  const program = [...words, process.execPath, fileURLToPath(import.meta.url), '--step', JSON.stringify(input)];
  const { status, stdout, stderr } = spawnSync(program[0], program.slice(1), {
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    cwd: '/',
  });
  if (status !== 0) throw new Error(stderr.trim() || `${program.join(' ')} ended with ${status}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}

/** A project that requires one distribution, and is built by nothing. */
function writeProject(workspace, name) {
  const directory = join(workspace, 'apps', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'pyproject.toml'),
    `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "app-of-${name}"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["${name}"]\n`,
  );
  writeFileSync(join(directory, 'backend.py'), '');
}

const MEMBERS = `
import hashlib, json, sys, zipfile
archives = [zipfile.ZipFile(path) for path in sys.argv[1:]]
names = [[info.filename for info in archive.infolist()] for archive in archives]
differing = sorted(set(names[0]) ^ set(names[1]))
differing += [name for name in names[0] if name in names[1] and archives[0].read(name) != archives[1].read(name)]
differing += [] if names[0] == names[1] or differing else ["the order of its members"]
print(json.dumps(differing or ["modes or times of its members"]))
`;

/** The members in which two wheels differ. */
function differingMembers(first, second) {
  const { stdout } = spawnSync('python3', ['-c', MEMBERS, first, second], { encoding: 'utf8' });
  return JSON.parse(stdout).filter((member) => !member.endsWith('.dist-info/RECORD'));
}

function wheelIn(directory) {
  const inner = join(directory, 'tree', 'wheelhouse');
  const [wheel, ...more] = readdirSync(inner);
  if (wheel === undefined || more.length > 0) throw new Error(`${inner} does not hold one wheel`);
  return join(inner, wheel);
}

/** Locks one sdist and builds it twice. @returns a row of the table */
export function checkSdist(name, base) {
  const workspace = join(base, 'workspace');
  writeProject(workspace, name);
  const home = join(base, 'home');
  mkdirSync(home, { recursive: true });
  const env = { ...process.env, HOME: home, WHEELHOUSE_CACHE_DIR: join(base, 'store'), TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const outputs = ['first', 'second'].map((each) => join(base, 'wheels', name, each));
  rmSync(join(base, 'wheels', name), { recursive: true, force: true });
  // Cargo's and rustup's own settings are the user's, and found from the home directory.
  const rust = {
    CARGO_HOME: process.env.CARGO_HOME ?? join(process.env.HOME ?? '/', '.cargo'),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(process.env.HOME ?? '/', '.rustup'),
  };
  runStep({ step: 'lock', name, workspace }, { env: { ...env, ...rust } });
  const offline = ['unshare', '--net'];
  const input = { step: 'build', name };
  const first = runStep({ ...input, workspace, out: outputs[0] }, { env: { ...env, ...rust }, words: offline });
  const elsewhere = join(base, 'another user', 'of today');
  mkdirSync(elsewhere, { recursive: true });
  for (const part of ['apps', 'dist']) {
    cpSync(
      join(workspace, part, ...(part === 'apps' ? [name] : ['apps', name])),
      join(elsewhere, part, ...(part === 'apps' ? [name] : ['apps', name])),
      { recursive: true },
    );
  }
  runStep(
    { ...input, workspace: elsewhere, out: outputs[1], clock: !WITHOUT_CLOCK.includes(name) },
    {
      env: {
        ...{ PATH: env.PATH, HOME: elsewhere, WHEELHOUSE_CACHE_DIR: join(base, 'another store'), ...rust },
        ...{ TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANGUAGE: 'tr' },
      },
      words: [...offline, 'taskset', '--cpu-list', '0', 'sh', '-c', 'umask 0077 && exec "$@"', 'sh'],
    },
  );
  const [one, other] = outputs.map(wheelIn);
  const identical = readFileSync(one).equals(readFileSync(other));
  return { ...first, name, differing: identical ? [] : differingMembers(one, other) };
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The table as Markdown. */
export function tableOf(rows) {
  const lines = rows.map(({ name, version, requirements, elapsed, differing, error }) => {
    const outcome =
      error !== undefined
        ? 'failed'
        : differing.length === 0
          ? 'identical'
          : differing.map((each) => `\`${each}\``).join(', ');
    return `| ${name} | ${version ?? ''} | ${(requirements ?? []).join(', ')} | ${elapsed === undefined ? '' : seconds(elapsed)} | ${outcome} |`;
  });
  return ['| sdist | version | built with | time | built twice |', '| --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      directory: { type: 'string' },
      write: { type: 'boolean' },
      step: { type: 'string' },
    },
  });
  if (values.step !== undefined) {
    console.log(JSON.stringify(await takeStep(JSON.parse(values.step))));
    return;
  }
  await need({ ...partsForBuilding, apt: [...partsForBuilding.apt, ...PACKAGES] });
  if (build() !== 0) throw new Error('the packages do not compile');
  const base = values.directory ?? mkdtempSync(join(tmpdir(), 'wheelhouse-sdists-'));
  const rows = [];
  for (const name of values.only?.split(',') ?? SDISTS) {
    const start = performance.now();
    try {
      rows.push(checkSdist(name, base));
    } catch (error) {
      rows.push({ name, error });
      console.error(`${name}: ${error.message}`);
    }
    console.log(`${tableOf(rows.slice(-1)).split('\n').at(-1)} ${seconds(performance.now() - start)}`);
  }
  if (values.directory === undefined) rmSync(base, { recursive: true, force: true });
  if (values.write) {
    const [before, rest] = readFileSync(PAGE, 'utf8').split(TABLE_BEGIN);
    writeFileSync(PAGE, `${before}${TABLE_BEGIN}\n\n${tableOf(rows)}\n\n${TABLE_END}${rest.split(TABLE_END)[1]}`);
  }
  const failed = rows.filter(({ error }) => error !== undefined).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main();
