import { runProcess } from '@wheelhouse/element/program';
import { main } from './main.js';

/** Runs `wheelhouse-cache` as a whole process. */
export async function run(process: NodeJS.Process): Promise<void> {
  await runProcess(process, main);
}
