import { spawn, type ChildProcess } from 'node:child_process';
import { type Io } from '@wheelhouse/element';
import { errnoOf } from '@wheelhouse/element/internal';

/** What a program is run with. */
export interface ProgramOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Where its error output goes while it runs, beside the answer. */
  readonly log?: Io['log'];
  readonly cwd?: string;
  /** Told each line of its standard output when it is written, without the newline. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Its standard input; default: empty. */
  readonly input?: string;
}

/** What a program did. */
export interface ProgramResult {
  /** Its exit code; -1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  /** What it wrote to standard error, credentials in URLs left out. */
  readonly output: string;
}

/** How long a program may take to exit after SIGTERM, in milliseconds. */
const GRACE = 5000;

/**
 * Runs a program to its end. One that may be aborted is the leader of a process group: what it has started ends with it,
 * and none of it is left when this returns.
 *
 * @throws the signal's reason when aborted, the system's error when it cannot start
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    env: options.environment,
    cwd: options.cwd ?? '/',
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: signal !== undefined,
  });
  const stop = (): void => {
    endGroup(child);
  };
  const kill = (): void => {
    signalGroup(child, 'SIGKILL');
  };
  signal?.addEventListener('abort', stop, { once: true });
  // Where this process ends before the program does, at a second Ctrl-C.
  if (signal !== undefined) process.once('exit', kill);
  let [stdout, stderr] = ['', ''];
  let told = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (options.onLine === undefined) return;
    for (let end = stdout.indexOf('\n', told); end >= 0; end = stdout.indexOf('\n', told)) {
      options.onLine(stdout.slice(told, end));
      told = end + 1;
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.log?.write(Buffer.from(withoutCredentials(text)));
  });
  // A program that ends before it has read everything says why by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status ?? -1);
    });
  }).finally(() => {
    signal?.removeEventListener('abort', stop);
    process.off('exit', kill);
  });
  signal?.throwIfAborted();
  return { code, stdout, output: withoutCredentials(stderr) };
}

/** Ends a process group: politely, and after a while for good. */
function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => {
    signalGroup(child, 'SIGKILL');
  }, GRACE);
  child.once('close', () => {
    clearTimeout(timer);
    // What it left behind, without its outputs.
    signalGroup(child, 'SIGKILL');
  });
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    // Nobody of it is left.
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

/** A text whose URLs have lost user names and passwords. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, '$1');
}
