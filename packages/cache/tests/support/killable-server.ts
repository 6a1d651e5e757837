import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { typescript } from './process.js';

/** `wheelhouse-cache serve` in a process of its own, which a test kills when it likes. */
export interface KillableServer {
  readonly url: string;
  /** Kills it as the kernel kills a process that takes too much memory. Resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts servers one after the other in a directory with settings; the last one ends with the test file.
 *
 * @returns what starts one, on a port that is free, and resolves when it listens
 */
export function killableServers(): (cwd: string) => Promise<KillableServer> {
  const children = new Set<ChildProcess>();
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  return async (cwd) => {
    const [program, ...args] = typescript('command-main.ts', 'serve', '--listen', '127.0.0.1:0');
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    const closed = once(child, 'close');
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { msg, url: at } = JSON.parse(line) as { readonly msg: string; readonly url?: string };
        if (msg === 'serving') resolve(String(at));
      });
      void closed.then(([exitCode]) => {
        reject(new Error(`the server ended with ${String(exitCode)}`));
      });
    });
    return {
      url,
      kill: async () => {
        child.kill('SIGKILL');
        await closed;
        children.delete(child);
      },
    };
  };
}
