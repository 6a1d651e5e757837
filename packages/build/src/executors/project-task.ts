import type { ExecutorContext } from '@nx/devkit';
import { ElementError } from '@wheelhouse/element';
import { listenForInterruption } from '@wheelhouse/element/internal';
import { explainFailure } from '@wheelhouse/element/program';
import type { Operation } from '@wheelhouse/python-stage/internal';
import { openEngine } from '../engine.js';
import { openReporter } from '../reporter/open-reporter.js';
import type { Reporter } from '../reporter/reporter.js';
import { openWorkspace } from '../workspace/open-workspace.js';

/** The options that all executors understand. */
export interface TaskOptions {
  readonly retryFailed?: boolean;
  readonly verifyToolchain?: boolean;
  readonly verbose?: boolean;
}

/** What a task does; `say` prints a line. @returns whether it succeeded */
export type TaskWork = (operation: Operation, say: (line: string) => void) => Promise<boolean>;

/** Runs an operation on the project of a task, and tells how it went; the last line is that of every build. */
export async function runTask(
  context: ExecutorContext,
  options: TaskOptions,
  work: TaskWork,
): Promise<{ success: boolean }> {
  const { env: environment, stdout, stderr } = process;
  const interruptible = listenForInterruption(process);
  let reporter: Reporter | undefined;
  try {
    const engine = openEngine({
      ...options,
      environment,
      signal: interruptible.signal,
      reporter: (store) => (reporter = openReporter(store, { output: stdout, environment, verbose: options.verbose })),
    });
    const workspace = await openWorkspace({
      directory: context.root,
      environment,
      engine,
      memo: (name) => engine.store.memo(name),
    });
    const operation = { workspace, project: projectOfTask(context, workspace), engine };
    const success = await work(operation, (line) => stdout.write(`${line}\n`));
    reporter?.finish();
    return { success };
  } catch (error) {
    stderr.write(`${explainFailure(error).text}\n`);
    if (reporter?.hasBegun === true) reporter.finish();
    return { success: false };
  } finally {
    reporter?.close();
    interruptible.dispose();
  }
}

/** The Python project that a task is for. @throws ElementError METADATA, and what is wrong with the project */
export function projectOfTask(
  { projectName, projectsConfigurations }: Pick<ExecutorContext, 'projectName' | 'projectsConfigurations'>,
  { projects, problems }: Pick<Operation['workspace'], 'projects' | 'problems'>,
): Operation['project'] {
  const root = projectsConfigurations.projects[projectName ?? '']?.root;
  const project = projects.find(({ ref }) => ref.root === root);
  if (project !== undefined) return project;
  const problem = problems.find(({ ref }) => ref.root === root);
  if (problem !== undefined) throw problem.error;
  throw new ElementError({
    code: 'METADATA',
    message: `the project \`${projectName ?? ''}\` is not a Python project`,
    hint: 'a Python project has a setup.py, setup.cfg or pyproject.toml with a name',
  });
}
