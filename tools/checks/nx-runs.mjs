/** Runs of Nx for `npm test`, and which tasks they have. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from '../workspace.mjs';
import { phaseOf } from './summary.mjs';

const nxProgram = () => createRequire(join(root, 'package.json')).resolve('nx/bin/nx.js');

/** Runs Nx. The daemon would outlive the run. @param more variables for it */
export function nx(words, { more = {}, ...options } = {}) {
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', ...more };
  return run(process.execPath, [nxProgram(), ...words], { env, ...options });
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

/** The project and the target of a task. */
export function splitTask(task) {
  const at = task.indexOf(':');
  return [task.slice(0, at), task.slice(at + 1)];
}

const phaseOfTask = (task) => phaseOf(...splitTask(task));

/** The target by which Nx runs a task: a file of e2e is run by `test`. */
const targetOf = (task) => splitTask(task)[1].replace(/^test:.*$/, 'test');

/**
 * The words for Nx that run some tasks and no others.
 *
 * @param tasks all there are @param only names of phases
 * @returns a list for each run of Nx, which takes the projects of a target at a time
 */
export function runsFor(tasks, only) {
  const byTarget = new Map();
  for (const task of tasks.filter(isCheck)) {
    if (!only.includes(phaseOfTask(task))) continue;
    const name = targetOf(task);
    byTarget.set(name, new Set([...(byTarget.get(name) ?? []), splitTask(task)[0]]));
  }
  return [...byTarget].map(([target, projects]) => [
    'run-many',
    `--targets=${target}`,
    `--projects=${[...projects].join(',')}`,
  ]);
}

/**
 * What a run of `npm test` is made of.
 *
 * @param targets all that it may run @param only names of phases, or undefined for all of them
 * @param affected words for `nx affected`, or undefined for everything
 * @returns `tasks`, the checks wanted; `unknown`, names of `only` that are no phase, and `known` ones; `runs`, a function
 * from targets to the words of the runs of Nx for them
 */
export async function planOf(targets, { only, affected }) {
  const words = (some) => {
    const list = `--targets=${some.join(',')}`;
    return affected === undefined ? ['run-many', list] : ['affected', list, ...affected];
  };
  const all = await tasksOf(words(targets));
  const known = [...new Set(all.filter(isCheck).map(phaseOfTask))];
  const tasks = all.filter((task) => isCheck(task) && (only?.includes(phaseOfTask(task)) ?? true));
  const runs = (some) => {
    if (!tasks.some((task) => some.includes(targetOf(task)))) return [];
    if (only === undefined) return [words(some)];
    return runsFor(
      all.filter((task) => some.includes(targetOf(task))),
      only,
    );
  };
  return { tasks, known, unknown: only?.filter((name) => !known.includes(name)) ?? [], runs };
}
