import { availableParallelism } from 'node:os';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BuildListener } from '@wheelhouse/element';
import { listenForInterruption } from '@wheelhouse/element/internal';
import { explainFailure } from '@wheelhouse/element/program';
import type { PythonEngine, PythonWorkspace } from '@wheelhouse/python-stage/internal';
import { batchOrder, type TaskOfBatch } from './batch-order.js';
import { projectOfTask, type TaskOptions, type TaskWork } from './project-task.js';
import { openEngine } from '../engine.js';
import { openReporter } from '../reporter/open-reporter.js';
import { Progress } from '../reporter/progress.js';
import type { Reporter } from '../reporter/reporter.js';
import { openWorkspace } from '../workspace/open-workspace.js';

/** How one task of a batch went, as Nx takes it. */
export interface BatchedResult {
  readonly task: string;
  readonly result: {
    readonly success: boolean;
    readonly status: 'success' | 'failure' | 'skipped';
    readonly terminalOutput: string;
    /** Milliseconds since 1970. */
    readonly startTime: number;
    readonly endTime: number;
  };
}

/** What the tasks of a batch share. */
interface BatchPlace {
  readonly workspace: PythonWorkspace;
  readonly engine: PythonEngine;
  readonly context: ExecutorContext;
  /** Shows what takes long, of all tasks. */
  readonly progress: Progress;
}

/**
 * Runs the tasks of a batch in this one process, each when those it depends on have succeeded: the workspace is read
 * once, and Node and Nx start once. What a task says is its result's; with `verbose` it is seen while it runs, too.
 */
export async function* runBatch<T extends TaskOptions>(
  graph: TaskGraph,
  options: Readonly<Record<string, T>>,
  { context, work }: { readonly context: ExecutorContext; readonly work: (options: T) => TaskWork },
): AsyncGenerator<BatchedResult> {
  const { env: environment } = process;
  const interruptible = listenForInterruption(process);
  const place = openPlace(context, environment, interruptible.signal);
  const run = async ({ id, project }: TaskOfBatch): Promise<BatchedResult> => {
    const own = options[id];
    if (own === undefined) throw new Error(`the task ${id} was given no options`);
    return await runOne({ id, project, options: own, place, work: work(own) });
  };
  try {
    yield* batchOrder(graph, { run, skip: skipped, concurrency: availableParallelism() });
  } finally {
    await place.then(
      ({ progress }) => {
        progress.stop();
      },
      // The tasks tell why it could not be opened.
      () => undefined,
    );
    interruptible.dispose();
  }
}

async function openPlace(
  context: ExecutorContext,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<BatchPlace> {
  const engine = openEngine({ environment, signal, reporter: () => ({ listener: () => undefined }) });
  const memo = (name: string): string => engine.store.memo(name);
  const progress = new Progress(process.stdout);
  return {
    engine,
    context,
    progress,
    workspace: await openWorkspace({ directory: context.root, environment, engine, memo }),
  };
}

async function runOne(task: {
  readonly id: string;
  readonly project: string;
  readonly options: TaskOptions;
  readonly place: Promise<BatchPlace>;
  readonly work: TaskWork;
}): Promise<BatchedResult> {
  const { retryFailed = false, verifyToolchain = false, verbose } = task.options;
  const startTime = Date.now();
  let text = '';
  const write = (words: string): void => {
    text += words;
    if (verbose === true) process.stdout.write(words);
  };
  const result = (success: boolean): BatchedResult => ({
    task: task.id,
    result: {
      success,
      status: success ? 'success' : 'failure',
      terminalOutput: text,
      startTime,
      endTime: Date.now(),
    },
  });
  let reporter: Reporter | undefined;
  try {
    const { workspace, engine: shared, context, progress } = await task.place;
    const { store, environment } = shared;
    const opened = openReporter(store, { output: { write }, environment, verbose, progress: false });
    reporter = opened;
    const listener: BuildListener = (event) => {
      progress.listener(event);
      opened.listener(event);
    };
    const engine = { ...shared, listener, retryFailed, verifyToolchain };
    const project = projectOfTask({ ...context, projectName: task.project }, workspace);
    const success = await task.work({ workspace, project, engine }, (line) => {
      write(`${line}\n`);
    });
    reporter.finish();
    return result(success);
  } catch (error) {
    write(`${explainFailure(error).text}\n`);
    if (reporter?.hasBegun === true) reporter.finish();
    return result(false);
  }
}

function skipped({ id }: TaskOfBatch): BatchedResult {
  const now = Date.now();
  return {
    task: id,
    result: { success: false, status: 'skipped', terminalOutput: '', startTime: now, endTime: now },
  };
}
