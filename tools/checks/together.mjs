/**
 * Checks of many projects in one process, with an outcome and a report for each of them. Inputs are the options of the
 * executors by task: `{ paths, report }`; outcomes are Nx's: `{ success, terminalOutput, startTime, endTime }` by task.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { root, run } from '../workspace.mjs';
import { failed, passed } from './counts.mjs';
import { bin, environment, writeReport } from './report.mjs';

/**
 * Which task a file belongs to: the one with the longest of the paths that hold it.
 *
 * @param inputs the tasks @param file relative to the root
 * @returns the task, or undefined where no path holds the file
 */
export function ownerOf(inputs, file) {
  const paths = Object.entries(inputs).flatMap(([task, options]) =>
    options.paths.map((path) => [task, path.endsWith('.json') ? dirname(path) : path]),
  );
  const holding = paths.filter(([, path]) => file === path || file.startsWith(`${path}/`));
  return holding.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/**
 * Writes the reports of tasks that one process checked.
 *
 * @param errors by task, the lines that say what is wrong; a task without any has passed
 * @param shares by task, its part of the time taken
 */
function outcomesOf(inputs, { errors, shares, started }) {
  const endTime = Date.now();
  const all = Object.keys(inputs).reduce((sum, task) => sum + (shares.get(task) ?? 1), 0);
  return Object.fromEntries(
    Object.entries(inputs).map(([task, { report }]) => {
      const text = errors.get(task) ?? '';
      const seconds = ((endTime - started) / 1000) * ((shares.get(task) ?? 1) / Math.max(all, 1));
      const result = text === '' ? passed(1) : failed('its errors are above');
      writeReport(report, { started, seconds, ...result });
      return [task, { success: result.failed === 0, terminalOutput: text, startTime: started, endTime }];
    }),
  );
}

/** @param directory what paths are relative to, with a configuration of ESLint */
async function lint(inputs, directory = root) {
  const started = Date.now();
  const results = mkdtempSync(join(tmpdir(), 'wheelhouse-lint-'));
  try {
    const file = join(results, 'eslint.json');
    const paths = Object.values(inputs).flatMap((options) => options.paths);
    const { code } = await run(bin('eslint'), ['--format', 'json', '--output-file', file, ...paths], {
      cwd: directory,
      env: environment(),
    });
    // Its exit code is 2 where it could not run; then there are no results.
    if (code > 1) return outcomesOf(inputs, { ...everywhere(inputs, `eslint: exit code ${code}\n`), started });
    const files = JSON.parse(readFileSync(file, 'utf8'));
    const formatter = await new ESLint({ cwd: directory, overrideConfigFile: true }).loadFormatter('stylish');
    const [errors, shares] = [new Map(), new Map()];
    for (const task of Object.keys(inputs)) {
      const own = files.filter(({ filePath }) => ownerOf(inputs, relative(directory, filePath)) === task);
      shares.set(task, own.length);
      const wrong = own.filter(({ errorCount }) => errorCount > 0);
      if (wrong.length > 0) errors.set(task, await formatter.format(wrong));
    }
    process.stdout.write([...errors.values()].join(''));
    return outcomesOf(inputs, { errors, shares, started });
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

const everywhere = (inputs, text) => ({
  errors: new Map(Object.keys(inputs).map((task) => [task, text])),
  shares: new Map(),
});

/**
 * The compiler's errors by the task whose paths hold the file; what names no file of a task is said of every task.
 *
 * @param text what `tsc --pretty false` printed @param exitCode its own
 */
export function compilerErrors(inputs, text, exitCode) {
  const errors = new Map();
  const add = (task, line) => errors.set(task, `${errors.get(task) ?? ''}${line}\n`);
  let last = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const file = /^(\S.*?)\(\d+,\d+\): error TS/.exec(line)?.[1];
    const owner = file === undefined ? undefined : ownerOf(inputs, file);
    // An indented line goes on with the error before it.
    if (!line.startsWith(' ')) last = owner === undefined ? Object.keys(inputs) : [owner];
    for (const task of last) add(task, line);
  }
  if (exitCode !== 0 && errors.size === 0) return everywhere(inputs, `tsc: exit code ${exitCode}\n`).errors;
  return exitCode === 0 ? new Map() : errors;
}

async function typecheck(inputs) {
  const started = Date.now();
  const paths = Object.values(inputs).flatMap((options) => options.paths);
  const { code, text } = await run(bin('tsc'), ['-b', '--pretty', 'false', ...paths], {
    capture: true,
    env: environment(),
  });
  return outcomesOf(inputs, { errors: compilerErrors(inputs, text, code), shares: new Map(), started });
}

/** By name. */
export const checks = { lint, typecheck };
