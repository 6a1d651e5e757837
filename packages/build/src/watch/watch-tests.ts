import { dirname, relative } from 'node:path';
import { explainFailure } from '@wheelhouse/element/program';
import { isUserError } from '@wheelhouse/element/internal';
import type { Operation, PythonEngine, PythonWorkspace } from '@wheelhouse/python-stage/internal';
import { ChangedPaths } from './changed-paths.js';
import { inputFiles } from './input-files.js';
import { openReporter } from '../reporter/open-reporter.js';
import type { ReporterOutput } from '../reporter/terminal-output.js';
import { openWorkspace } from '../workspace/open-workspace.js';

/** So many changed files are named. */
const NAMED = 5;

/** What is tested again and again. */
export interface WatchedTests {
  /** Its store and memos are kept open; each run has its own reporter. */
  readonly engine: PythonEngine;
  /** Absolute path of the workspace, which is read again for each run. */
  readonly directory: string;
  /** Takes errors as well: of one stream, the order is clear. */
  readonly output: ReporterOutput;
  readonly verbose?: boolean | undefined;
  /** The project in a workspace that has been read. @throws ElementError */
  projectOf(workspace: PythonWorkspace): Operation['project'];
  /** Runs the tests. @throws ElementError, which does not end the watching */
  test(operation: Operation, say: (line: string) => void): Promise<unknown>;
}

/**
 * Tests a project, and again after each change of a file that it is built or tested from, until the engine's signal
 * aborts. Changes while tests run are seen afterwards.
 *
 * @throws `engine.signal.reason` when aborted; a bug
 */
export async function watchTests(watched: WatchedTests): Promise<never> {
  const { signal } = watched.engine;
  const changes = new ChangedPaths();
  const say = (line: string): void => {
    watched.output.write(`${line}\n`);
  };
  let files = new Set<string>();
  const look = async (): Promise<Set<string>> => {
    files = (await filesOf(watched)) ?? files;
    changes.watch(new Set([watched.directory, ...[...files].map((file) => dirname(file))]));
    return files;
  };
  try {
    await look();
    for (;;) {
      await runOnce(watched);
      say('waiting for changes; Ctrl-C ends');
      let changed: string[] = [];
      while (changed.length === 0) {
        const touched = await changes.next(signal);
        const [before, now] = [files, await look()];
        changed = changedFiles(touched, before, now);
      }
      say(`changed: ${named(changed.map((file) => relative(watched.directory, file)))}`);
    }
  } finally {
    changes.close();
  }
}

/** Runs the tests with a workspace as it is now, and reports errors of the user. @throws when aborted; a bug */
async function runOnce(watched: WatchedTests): Promise<void> {
  const { engine, output, verbose } = watched;
  const reporter = openReporter(engine.store, { output, environment: engine.environment, verbose });
  try {
    const own = { ...engine, listener: reporter.listener, toolchains: new Map<string, string>() };
    const operation = { ...(await open(watched)), engine: own };
    await watched.test(operation, (line) => output.write(`${line}\n`));
    reporter.finish();
  } catch (error) {
    engine.signal.throwIfAborted();
    if (!isUserError(error)) throw error;
    output.write(`${explainFailure(error).text}\n`);
    if (reporter.hasBegun) reporter.finish();
  } finally {
    reporter.close();
  }
}

/** @returns `undefined` if the workspace or the project cannot be read at the moment; the next run reports it */
async function filesOf(watched: WatchedTests): Promise<Set<string> | undefined> {
  try {
    return await inputFiles(await open(watched));
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}

async function open(watched: WatchedTests): Promise<Omit<Operation, 'engine'>> {
  const { directory, engine } = watched;
  const memo = (name: string): string => engine.store.memo(name);
  const workspace = await openWorkspace({ directory, environment: engine.environment, memo });
  return { workspace, project: watched.projectOf(workspace) };
}

/** Of what was touched, the files that are or were of interest; and those that are new or gone. Sorted. */
function changedFiles(touched: ReadonlySet<string>, before: ReadonlySet<string>, now: ReadonlySet<string>): string[] {
  const changed = new Set([...touched].filter((path) => before.has(path) || now.has(path)));
  for (const path of now) if (!before.has(path)) changed.add(path);
  for (const path of before) if (!now.has(path)) changed.add(path);
  return [...changed].sort();
}

function named(paths: readonly string[]): string {
  const more = paths.length - NAMED;
  return [...paths.slice(0, NAMED).map((path) => `\`${path}\``), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
