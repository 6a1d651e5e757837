import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a run of `wheelhouse` came to. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const HOOK = join(__dirname, '..', '..', '..', 'element', 'tests', 'support', 'typescript-hook.cjs');
const MAIN = join(__dirname, 'command-main.ts');

/** The program and the arguments that run `wheelhouse` from the sources. */
export function commandLine(args: readonly string[]): [string, ...string[]] {
  return [process.execPath, '-C', '@wheelhouse/source', '-r', HOOK, MAIN, ...args];
}

/** Runs `wheelhouse`, from the sources, in a process of its own. */
export function wheelhouse(
  args: readonly string[],
  options: { readonly cwd: string; readonly environment?: NodeJS.ProcessEnv },
): CommandResult {
  const [program, ...rest] = commandLine(args);
  const { status, stdout, stderr } = spawnSync(program, rest, {
    cwd: options.cwd,
    encoding: 'utf8',
    env: { ...process.env, ...options.environment },
  });
  return { exitCode: status, stdout, stderr };
}
