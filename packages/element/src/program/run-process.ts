import { EXIT } from './failure.js';
import type { ErrorOutput } from './program.js';
import type { CommandContext } from './command.js';

/**
 * Runs a program as a whole process. However that ends, its exit code is not that of success unless `main` has
 * succeeded: a process that runs out of work in between, and one that the code of a plugin ends, have not.
 *
 * @param main what the program does; gives its exit code and throws nothing
 */
export async function runProcess(
  process: NodeJS.Process,
  main: (argv: readonly string[], context: CommandContext & ErrorOutput) => Promise<number>,
): Promise<void> {
  let hasEnded = false;
  process.exitCode = EXIT.bug;
  process.on('exit', () => {
    if (hasEnded) return;
    process.exitCode = EXIT.bug;
    process.stderr.write('the process exited before its work was done\n');
  });
  // Errors outside of the awaited promises: of a timer, or of a promise that is not awaited.
  process.on('uncaughtException', (error: unknown) => {
    hasEnded = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`This is a bug in Wheelhouse, or in the code of a plugin.\n${text}\n`);
    process.exit(EXIT.bug);
  });
  const exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(),
    environment: process.env,
    output: process.stdout,
    errorOutput: process.stderr,
    process,
  });
  hasEnded = true;
  process.exitCode = exitCode;
}
