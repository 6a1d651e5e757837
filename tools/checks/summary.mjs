/** What `npm test` prints at its end: counts and times by phase, the slowest test files, and why something failed. */
import { createRequire } from 'node:module';

const { reportPath } = createRequire(import.meta.url)('./targets.cjs');

const SLOWEST = 10;

/** The phase of a task, as `--only` names it: what is tested, or which check it is. */
export function phaseOf(project, target) {
  return target === 'test' || target.startsWith('test:') ? project : target;
}

/** Where the report of a task is: a path relative to the root. @param task such as `python:test` */
export function reportOf(task) {
  const at = task.indexOf(':');
  return reportPath(task.slice(0, at), task.slice(at + 1));
}

/**
 * Reports put together by phase, in the order in which phases first come.
 *
 * @param tasks such as `python:test`
 * @param read the report of a task, or undefined if it has none: then it did not run
 * @param since milliseconds since 1970; what started before was taken from Nx's cache
 */
export function phasesOf(tasks, read, since) {
  const phases = new Map();
  for (const task of tasks) {
    const at = task.indexOf(':');
    const title = phaseOf(task.slice(0, at), task.slice(at + 1));
    const phase = phases.get(title) ?? {
      title,
      passed: 0,
      failed: 0,
      reasons: [],
      seconds: 0,
      cached: 0,
      tasks: 0,
      files: {},
    };
    phases.set(title, phase);
    phase.tasks += 1;
    const report = read(task);
    if (report === undefined) {
      phase.failed += 1;
      phase.reasons.push(`${task} did not run to its end`);
      continue;
    }
    phase.passed += report.passed;
    phase.failed += report.failed;
    phase.reasons.push(
      ...report.reasons.map((reason) => (title === task.slice(0, at) ? reason : `${task}: ${reason}`)),
    );
    if (report.started < since) phase.cached += 1;
    else {
      phase.seconds += report.seconds;
      Object.assign(phase.files, report.files);
    }
  }
  return [...phases.values()];
}

/** The lines of a phase. */
function linesOf({ title, passed, failed, reasons, seconds, cached = 0, tasks = 1 }) {
  const kept = cached === 0 ? '' : cached === tasks ? '  from the cache' : `  ${cached} of ${tasks} from the cache`;
  const counts = `${title.padEnd(12)} ${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed`;
  return [
    `${counts} ${seconds.toFixed(1).padStart(9)} s${kept}`,
    ...reasons.map((reason) => `             - ${reason}`),
  ];
}

/** All of it as lines; the last is `N passed, N failed`. Seconds of a phase are those of its tasks, added up. */
export function summary(phases) {
  const files = phases.flatMap((phase) => Object.entries(phase.files ?? {})).sort(([, a], [, b]) => b - a);
  const slowest = files.slice(0, SLOWEST).map(([file, seconds]) => `${seconds.toFixed(1).padStart(9)} s  ${file}`);
  const sum = (key) => phases.reduce((total, phase) => total + phase[key], 0);
  return [
    ...(slowest.length === 0 ? [] : ['slowest test files:', ...slowest, '']),
    ...phases.flatMap(linesOf),
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ];
}
