/**
 * `npm run demo`: sets the machine up, builds the packages, and in `examples/` runs `nx run todobackend:build-wheel`.
 * Ends with the wheel, its sha256, the wheelhouse, what was cached, and how long each step took.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { SetUpError, need, partsForBuilding } from './set-up.mjs';
import { isMain, root, run, secondsSince } from './workspace.mjs';

const examples = join(root, 'examples');
const task = 'todobackend:build-wheel';
const outputs = join(examples, 'dist', 'apps', 'todobackend');

/**
 * What Nx and the builds it ran say they did. Nx prints a stored task's old output again, so the counts of a task that
 * came from its cache are not of this run and are left out.
 */
export function readNxOutput(text) {
  const outcome = { tasks: 0, fromNx: 0, silent: 0, built: 0, cached: 0, failed: 0 };
  let current;
  const close = () => {
    if (current?.fromNx === false && !current.counted) outcome.silent += 1;
  };
  for (const line of text.split('\n')) {
    const header = /^\S+ +nx run (\S+)(?: {2}\[(.+)\])?\s*$/.exec(line);
    if (header) {
      close();
      current = { fromNx: header[2] !== undefined, counted: false };
      outcome.tasks += 1;
      if (current.fromNx) outcome.fromNx += 1;
    }
    const counts = /\b(\d+) built, (\d+) cached, (\d+) failed\b/.exec(line);
    if (counts && current?.fromNx === false) {
      current.counted = true;
      outcome.built += Number(counts[1]);
      outcome.cached += Number(counts[2]);
      outcome.failed += Number(counts[3]);
    }
  }
  close();
  return outcome;
}

/** One sentence on what was built and what was not, from what `readNxOutput` saw. */
export function describeOutcome({ tasks, fromNx, silent, built, cached, failed }) {
  const nx = `${fromNx} of ${tasks} tasks from Nx's cache`;
  if (tasks > 0 && fromNx === tasks) return `It was all cached: ${nx}.`;
  const elements = `${built} built, ${cached} cached, ${failed} failed`;
  if (tasks > 0 && built + failed + silent === 0) return `It was all cached: ${nx}, and of the elements ${elements}.`;
  return `${elements}; ${nx}.`;
}

class DemoError extends Error {}

async function installExamples() {
  await need({ npm: ['examples'] });
}

async function buildPackages() {
  if ((await build()) !== 0) throw new DemoError("the packages do not build; the compiler's output is above");
}

async function buildWheel() {
  const nx = join(examples, 'node_modules', '.bin', 'nx');
  // Under `CI` Nx writes headers of another form.
  const env = { ...process.env, CI: '', NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };
  const { code, text } = await run(nx, ['run', task, '--output-style=static'], { cwd: examples, env, capture: true });
  if (code !== 0) throw new DemoError(`nx run ${task} failed with exit code ${code}; its output is above`);
  return readNxOutput(text);
}

function filesIn(directory) {
  return existsSync(directory) ? readdirSync(directory).sort() : [];
}

/** The lines that show what is in the outputs. */
function describeOutputs() {
  const [wheelDirectory, wheelhouse] = [join(outputs, 'wheel'), join(outputs, 'wheelhouse')];
  const wheels = filesIn(wheelDirectory).filter((file) => file.endsWith('.whl'));
  if (wheels.length !== 1) {
    throw new DemoError(`expected one wheel in ${relative(root, wheelDirectory)}, found ${wheels.length}`);
  }
  const wheel = join(wheelDirectory, wheels[0]);
  const files = filesIn(wheelhouse);
  if (files.length === 0) throw new DemoError(`there is nothing in ${relative(root, wheelhouse)}`);
  return [
    `wheel       ${relative(root, wheel)}`,
    `sha256      ${createHash('sha256').update(readFileSync(wheel)).digest('hex')}`,
    `wheelhouse  ${relative(root, wheelhouse)}`,
    ...files.map((file) => `            ${file}`),
  ];
}

async function main() {
  const times = [];
  const timed = async (title, work) => {
    console.log(`\n=== ${title}`);
    const start = performance.now();
    const result = await work();
    times.push(`${secondsSince(start).padStart(9)}  ${title}`);
    return result;
  };

  await timed('set up', () => need(partsForBuilding));
  await timed('build the packages', buildPackages);
  await timed('install the examples', installExamples);
  const outcome = await timed(`nx run ${task}`, buildWheel);

  console.log(['', ...describeOutputs(), '', ...times, '', describeOutcome(outcome)].join('\n'));
}

if (isMain(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetUpError) && !(error instanceof DemoError)) throw error;
    console.error(`\ndemo: ${error.message}`);
    process.exitCode = 1;
  }
}
