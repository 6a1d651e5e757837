import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A process of its own that runs a TypeScript file, and says what it has to say line by line. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line of its output. Rejects when it ends without one. */
  line(): Promise<string>;
  /** Writes a line to its input. */
  tell(line: string): void;
  /** Resolves with its exit code, `null` when it was killed; rejects with its error output for any code but 0. */
  readonly ended: Promise<number | null>;
}

/** Starts `script`, a path relative to this directory, with `env` laid over the environment. */
export function startChild(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const hook = join(__dirname, 'typescript-hook.cjs');
  const child = spawn(
    process.execPath,
    ['--conditions', '@wheelhouse/source', '--require', hook, join(__dirname, script), ...args],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  );
  const lines: string[] = [];
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let rest = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const waiter = waiting.shift();
      if (waiter === undefined) lines.push(part);
      else waiter.resolve(part);
    }
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      for (const waiter of waiting) waiter.reject(new Error(`${script} ended without a further line: ${errors}`));
      if (code === null || code === 0) resolve(code);
      else reject(new Error(`${script} exited with code ${code}: ${errors}`));
    });
  });
  ended.catch(() => undefined);
  return {
    process: child,
    ended,
    tell: (line) => child.stdin.write(`${line}\n`),
    line: () => {
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  };
}
