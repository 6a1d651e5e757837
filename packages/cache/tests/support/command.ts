import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { typescript } from './process.js';

export interface Result {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly url: string;
  /** What was logged so far. */
  readonly lines: readonly Record<string, unknown>[];
  /** Resolves with the first line of the log, past or to come, that is wanted. */
  logged(isWanted: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** Kills it as the kernel kills a process that takes too much memory. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it as a supervisor does. */
  end(): Promise<{ readonly exitCode: number; readonly lines: readonly Record<string, unknown>[] }>;
}

export interface CommandLine {
  /** Runs `wheelhouse-cache` to its end. */
  run(cwd: string, ...argv: string[]): Result;
  /** Starts `wheelhouse-cache serve` on a port that is free. */
  serve(cwd: string, ...argv: string[]): Promise<Running>;
}

/**
 * The program `wheelhouse-cache`, from the sources. What is started ends with the test file.
 *
 * @param environment what is set beside the environment of the tests
 */
export function commandLine(environment: () => NodeJS.ProcessEnv = () => ({})): CommandLine {
  const children = new Set<ChildProcess>();
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  return {
    run: (cwd, ...argv) => {
      const [program, ...args] = typescript('command-main.ts', ...argv);
      const env = { ...process.env, ...environment() };
      const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
      return { exitCode: status, stdout, stderr };
    },
    serve: async (cwd, ...argv) => {
      const [program, ...args] = typescript('command-main.ts', 'serve', '--listen', '127.0.0.1:0', ...argv);
      const env = { ...process.env, ...environment() };
      const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
      children.add(child);
      const lines: Record<string, unknown>[] = [];
      const reader = createInterface({ input: child.stdout });
      reader.on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
      const logged: Running['logged'] = async (isWanted) => {
        for (;;) {
          const found = lines.find(isWanted);
          if (found !== undefined) return found;
          await Promise.race([
            once(reader, 'line'),
            once(child, 'close').then(() => Promise.reject(new Error('the server ended'))),
          ]);
        }
      };
      const { url } = await logged(({ msg }) => msg === 'serving');
      return {
        url: String(url),
        lines,
        logged,
        kill: async () => {
          const closed = once(child, 'close');
          child.kill('SIGKILL');
          await closed;
          children.delete(child);
        },
        end: async () => {
          const closed = once(child, 'close');
          child.kill('SIGTERM');
          const [exitCode] = (await closed) as [number];
          return { exitCode, lines };
        },
      };
    },
  };
}
