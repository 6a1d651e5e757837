import { spawn, spawnSync } from 'node:child_process';
import { errnoOf } from '@wheelhouse/element/internal';

/** Where programs run. */
export interface ProgramContext {
  /** Absolute path. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Ends what is running. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program whose output is people's to see. @returns its exit code; of one that a signal ended, 128 and more */
export async function runProgram(words: readonly string[], context: ProgramContext): Promise<number> {
  const [program = '', ...args] = words;
  const { directory, environment, signal } = context;
  const child = spawn(program, args, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
  });
  return await new Promise((resolve, reject) => {
    child.once('error', (error) => {
      // After a signal the program is awaited: the next step may clean up after it.
      if (signal?.aborted !== true) reject(error);
    });
    child.once('close', (code, ended) => {
      if (signal?.aborted === true) resolve(130);
      else resolve(code ?? (ended === 'SIGINT' ? 130 : 143));
    });
  });
}

/** The output of a program if it exists and succeeds; otherwise its error message. */
export function askProgram(
  words: readonly string[],
  { directory, environment }: ProgramContext,
): { readonly output: string } | { readonly failure: string } | 'absent' {
  const [program = '', ...args] = words;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: directory,
    env: environment,
    encoding: 'utf8',
  });
  if (error !== undefined && errnoOf(error) === 'ENOENT') return 'absent';
  if (error !== undefined) throw error;
  return status === 0 ? { output: stdout } : { failure: stderr.trim() };
}
