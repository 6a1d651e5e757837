import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '../../base/errno.js';
import type { Io } from '../../plugin/ports.js';
import { openLog, type LogPipe } from './log-pipes.js';
import { ARGUMENTS_FD, JSON_STATUS_FD, START_FD } from './bubblewrap-arguments.js';

/** A program that becomes bubblewrap, which runs a batch. */
export interface BatchProcess {
  readonly command: string;
  /** Ends in the batch's own program and arguments. */
  readonly args: readonly string[];
  /** What bubblewrap reads as its options. */
  readonly options: readonly string[];
  /** Takes the standard output. */
  readonly log: LogPipe;
  /** Working directory of the program, on this machine. */
  readonly cwd: string;
  /** Environment of the program; the batch's own is in `options`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number | undefined;
  /**
   * Called before anything starts in the sandbox, with the id of the process that made it; bubblewrap waits meanwhile. Its
   * options must say so.
   */
  readonly onMade?: (pid: number) => void;
}

/** How a batch went. */
export interface BatchOutcome {
  /** The exit code as bubblewrap saw it; absent if bubblewrap did not come to run a shell, or was ended. */
  readonly exitCode?: number;
  /** The standard error: the batch's status, and messages of the programs outside of the sandbox. */
  readonly errorOutput: string;
  readonly timedOut: boolean;
}

type StdioEntry = 'pipe' | 'ignore' | number;

/** fcntl.h of Linux, on every architecture Node runs on; as fdinfo shows it (proc_pid_fdinfo(5)). */
const O_CLOEXEC = 0o2000000;

/** The kernel needs a moment to end the last processes of a sandbox whose first one is killed. */
const GONE_POLL_MS = 2;
const GONE_TIMEOUT_MS = 30_000;

/**
 * Runs a batch, and resolves when every process of its sandbox is gone. Output goes to `io.log` as it comes.
 *
 * @throws `io.signal.reason` when aborted; the error of spawn(2); what `io.log` throws, when the sandbox is ended
 */
export async function runBatch(batch: BatchProcess, io: Io): Promise<BatchOutcome> {
  io.signal.throwIfAborted();
  const log = openLog(batch.log);
  let child: ReturnType<typeof spawnClosed>;
  try {
    child = spawnClosed(batch, log.writer);
  } catch (error) {
    log.reader.destroy();
    throw error;
  } finally {
    // Once only the sandbox holds it, the log ends with the sandbox.
    closeSync(log.writer);
  }
  const errorOutput = textOf(child.stderr);
  const streams: readonly unknown[] = child.stdio;
  const statusStream = streams[JSON_STATUS_FD] as Readable;
  const report = textOf(statusStream);
  /** What a listener threw: an exception of a listener has no catcher. */
  let thrown: { readonly error: unknown } | undefined;
  log.reader.on('data', (chunk: Buffer) => {
    if (thrown !== undefined) return;
    try {
      io.log.write(chunk);
    } catch (error) {
      thrown = { error };
      end();
    }
  });
  const options = streams[ARGUMENTS_FD] as Writable;
  // A program that does not come to be bubblewrap reads no options.
  options.on('error', () => undefined);
  options.end(batch.options.map((option) => `${option}\0`).join(''));

  const limit = { passed: false };
  const end = (): void => {
    endSandbox(child, report());
  };
  if (batch.onMade !== undefined) {
    const start = streams[START_FD] as Writable;
    start.on('error', () => undefined);
    const tell = (): void => {
      const { pid } = child;
      if (pid === undefined || parseReport(report()).childPid === undefined) return;
      statusStream.off('data', tell);
      try {
        batch.onMade?.(pid);
        start.end('\n');
      } catch (error) {
        thrown = { error };
        end();
      }
    };
    statusStream.on('data', tell);
  }
  const timer =
    batch.timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          limit.passed = true;
          end();
        }, batch.timeoutSeconds * 1000);
  io.signal.addEventListener('abort', end, { once: true });
  const ended = [once(child, 'close'), once(log.reader, 'close')];
  try {
    await Promise.all(ended);
  } catch (error) {
    end();
    log.reader.destroy();
    await Promise.allSettled(ended);
    throw error;
  } finally {
    clearTimeout(timer);
    io.signal.removeEventListener('abort', end);
  }
  const { childPid, exitCode } = parseReport(report());
  if (childPid !== undefined) await untilGone(childPid);
  io.signal.throwIfAborted();
  if (thrown !== undefined) throw thrown.error;
  return {
    ...(exitCode === undefined || limit.passed ? {} : { exitCode }),
    errorOutput: errorOutput(),
    timedOut: limit.passed,
  };
}

/**
 * Starts the program with the pipes of a batch, and with none of the open files that this process inherited: Node passes on
 * those beyond the first few. Each is replaced by `/dev/null`.
 */
function spawnClosed(batch: BatchProcess, output: number): ChildProcessByStdio<null, null, Readable> {
  const pipes: StdioEntry[] = ['ignore', output, 'pipe', 'pipe', 'pipe'];
  if (batch.onMade !== undefined) pipes[START_FD] = 'pipe';
  const inherited = inheritedFiles().filter((file) => file >= pipes.length);
  const nothing = inherited.length === 0 ? 'ignore' : openSync('/dev/null', 'r');
  try {
    const others = Array.from({ length: Math.max(-1, ...inherited) + 1 }, (_, file): StdioEntry =>
      inherited.includes(file) ? nothing : 'ignore',
    );
    const stdio: StdioEntry[] = [...pipes, ...others.slice(pipes.length)];
    return spawn(batch.command, batch.args, {
      cwd: batch.cwd,
      env: batch.environment,
      stdio,
    }) as ChildProcessByStdio<null, null, Readable>;
  } finally {
    if (nothing !== 'ignore') closeSync(nothing);
  }
}

/** The file descriptors of this process that its children get: those without `O_CLOEXEC`. */
function inheritedFiles(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((file) => file > 2 && (fileFlags(file) & O_CLOEXEC) === 0);
}

function fileFlags(file: number): number {
  try {
    return parseInt(/^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'))?.[1] ?? '', 8);
  } catch (error) {
    // The directory that was just listed is closed now.
    if (errnoOf(error) !== 'ENOENT') throw error;
    return O_CLOEXEC;
  }
}

/**
 * Ends every process of the sandbox: its first process takes the whole pid namespace with it. Before that process is
 * known, bubblewrap itself is ended, with which its first process dies.
 */
function endSandbox(child: ChildProcess, report: string): void {
  const { childPid } = parseReport(report);
  if (childPid === undefined || !killProcess(childPid)) child.kill('SIGKILL');
}

function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
    return false;
  }
}

/** bubblewrap exits as soon as it knows the exit code; the kernel ends what the shell left running after that. */
async function untilGone(pid: number): Promise<void> {
  for (let waited = 0; !isGone(pid); waited += GONE_POLL_MS) {
    if (waited > GONE_TIMEOUT_MS) throw new Error(`process ${pid} of a sandbox does not exit`);
    await sleep(GONE_POLL_MS);
  }
}

function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' && errno !== 'ESRCH') throw error;
    return true;
  }
}

/** bubblewrap writes one JSON object a line: `child-pid` at the start, `exit-code` at the end. */
function parseReport(text: string): { readonly childPid?: number; readonly exitCode?: number } {
  const childPid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
  const exitCode = /"exit-code":\s*(\d+)/.exec(text)?.[1];
  return {
    ...(childPid === undefined ? {} : { childPid: Number(childPid) }),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
  };
}

function textOf(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
