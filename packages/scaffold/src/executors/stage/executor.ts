import type { ExecutorContext } from '@nx/devkit';
import { ElementError } from '@wheelhouse/element';
import { formatError, listenForInterruption } from '@wheelhouse/element/internal';
import type { StageExecutorSchema } from './schema.js';
import { runStage } from '../../run/run-stage.js';

/** Takes a step of a project's build stage. */
export default async function stage(
  options: StageExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const root = context.projectsConfigurations.projects[context.projectName ?? '']?.root ?? '.';
  const interruptible = listenForInterruption(process);
  try {
    const code = await runStage({
      directory: context.root,
      root,
      stage: options.stage,
      environment: process.env,
      signal: interruptible.signal,
      say: (line) => {
        console.log(line);
      },
    });
    if (code !== 0) console.error(`stage:${options.stage} exited with code ${code}`);
    return { success: code === 0 };
  } catch (error) {
    if (!(error instanceof ElementError)) throw error;
    console.error(formatError(error));
    return { success: false };
  } finally {
    interruptible.dispose();
  }
}
