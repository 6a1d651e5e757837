import { runProcess } from '@wheelhouse/element/program';
import { main } from './main.js';
import { outputOn } from '../reporter/terminal-output.js';

/** Runs `wheelhouse` as a whole process. */
export async function run(process: NodeJS.Process): Promise<void> {
  await runProcess(
    process,
    async (argv, context) => await main(argv, { ...context, output: outputOn(process.stdout) }),
  );
}
