'use strict';

/**
 * Runs operations on Python projects, for tests that need what neither Nx nor the command offers: operations without
 * Nx, and another clock inside the sandbox. A program of its own, so that it can run as another user and in another
 * environment than its caller.
 *
 * `node operate.cjs INPUT`, where INPUT is JSON: `workspace`, an absolute path; `projects`, as `PythonWorkspace.open`
 * takes them; `operations`, pairs of a name and a project; `clock`, a variable of libfaketime such as `+1d`.
 * The last line of the output is JSON: what the operations answered, and how far the sandbox's clock was ahead.
 */
const { BubblewrapSandbox, LocalStore, Scheduler, storeDirectory } = require('@wheelhouse/element/internal');
const { buildWheel, fetchSnapshot, PythonWorkspace, runTests } = require('@wheelhouse/python-stage/internal');
const { makeLocks } = require('@wheelhouse/python-stage/lock');

const LIBFAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** Asks the time before the commands of an action. */
const CLOCK_STEP = 'the time in the sandbox';

/** Gives every command another clock, and hears from each sandbox what time it is there. */
class SandboxWithClock {
  name = 'bubblewrap';
  /** By how many seconds the clock in the sandbox was ahead of this machine, an entry for each action. */
  ahead = [];

  constructor(sandbox, clock) {
    this.sandbox = sandbox;
    this.variables = clock === undefined ? {} : { LD_PRELOAD: LIBFAKETIME, FAKETIME: clock, DONT_FAKE_MONOTONIC: '1' };
  }

  supports(action) {
    return this.sandbox.supports(action);
  }

  async run(action, io) {
    const steps = action.steps.map((step) => ({ ...step, environment: { ...step.environment, ...this.variables } }));
    const [first] = steps;
    const ask = {
      argv: ['date', '+seconds since 1970: %s'],
      label: CLOCK_STEP,
      cwd: '/',
      environment: first.environment,
    };
    let text = '';
    const log = {
      write: (chunk) => {
        if (text.length < 10_000) text += Buffer.from(chunk).toString('utf8');
        io.log.write(chunk);
      },
    };
    const started = Date.now() / 1000;
    const result = await this.sandbox.run({ ...action, steps: [ask, ...steps] }, { ...io, log });
    const inside = /^seconds since 1970: (\d+)$/m.exec(text);
    if (inside === null) throw new Error(`no time came out of the sandbox: ${text}`);
    this.ahead.push(Math.round(Number(inside[1]) - started));
    return result;
  }
}

async function main(input) {
  const environment = process.env;
  const store = LocalStore.open(storeDirectory(environment));
  const sandbox = new SandboxWithClock(new BubblewrapSandbox({ store, path: environment.PATH ?? '' }), input.clock);
  const failures = [];
  const engine = {
    store,
    sandbox,
    scheduler: new Scheduler(),
    listener: (event) => {
      if (event.type === 'failed') failures.push(`${event.element.name}: ${event.record.failedCommand}`);
    },
    signal: new AbortController().signal,
    retryFailed: false,
    environment,
    verifyToolchain: false,
  };
  const open = () =>
    PythonWorkspace.open({
      directory: input.workspace,
      projects: input.projects,
      environment,
      memo: (name) => store.memo(name),
    });
  const results = [];
  for (const [name, project] of input.operations) {
    const workspace = await open();
    results.push(await OPERATIONS[name]({ workspace, project: workspace.project(project), engine }));
  }
  return { results, failures, ahead: sandbox.ahead };
}

const OPERATIONS = {
  lock: async (operation) => ({ written: (await makeLocks(operation)).written }),
  snapshot: async (operation) => ({ files: (await fetchSnapshot(operation)).fileCount }),
  wheel: async (operation) => ({ files: (await buildWheel(operation)).made?.manifest.files }),
  test: async (operation) => ({ record: (await runTests(operation)).record }),
};

// Of a process whose last promise never settles, Node says 13; that goes for callers that await it in a script, too.
process.exitCode = 13;
main(JSON.parse(process.argv[2])).then(
  (answer) => {
    process.exitCode = 0;
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${JSON.stringify(error)}\n`);
    process.exitCode = 1;
  },
);
