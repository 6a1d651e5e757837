import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { ElementError } from '../base/error.js';
import { errnoOf } from '../base/errno.js';
import { makeDirectory } from '../base/make-directory.js';
import type { Lock } from '../plugin/local-ports.js';
import { storeError } from './store-error.js';

/** How a lock is asked for. */
export interface LockOptions {
  /** Held together with other shared locks, but not together with an exclusive one. Default: exclusive. */
  readonly shared?: boolean;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
  /** `false`: the answer is `undefined` if the lock cannot be had at once. Default `true`. */
  readonly wait?: boolean;
  /** Called once, when the lock is held elsewhere and waiting begins. */
  readonly onWait?: () => void;
}

/** `flock --conflict-exit-code`: outside of sysexits(3), which flock(1) uses for its own errors. */
const CONFLICT = 99;

/**
 * Takes flock(2) on the file at `path`, which is created when absent and never removed: a removed lock file could be
 * held twice. Node has no flock, so flock(1) of util-linux opens the file and becomes a `cat` that holds it and waits
 * for the end of its input: a pipe from this process, which the kernel closes when the process is gone. What `cat`
 * echoes says that the lock is held. It lives in a session of its own, so that the terminal's Ctrl-C does not release
 * what is still in use.
 *
 * @returns the lock, or `undefined` if it is held elsewhere and `wait` is `false`
 * @throws ElementError HOST_TOOL without flock(1), STORE when the file cannot be opened; `signal.reason` when aborted
 */
export async function lockFile(path: string, options: LockOptions = {}): Promise<Lock | undefined> {
  return await lockFiles([path], options);
}

/**
 * Takes the locks of all of `paths`, in that order, by one process. All or none are held. A caller that takes several
 * exclusive locks must always name them in the same order.
 */
export async function lockFiles(paths: readonly string[], options: LockOptions = {}): Promise<Lock | undefined> {
  const mode = options.shared === true ? '--shared' : '--exclusive';
  const atOnce = await hold(
    paths,
    [mode, '--nonblock', '--conflict-exit-code', String(CONFLICT), '--no-fork'],
    options.signal,
  );
  if (atOnce !== undefined || options.wait === false) return atOnce;
  options.onWait?.();
  return await hold(paths, [mode, '--no-fork'], options.signal);
}

/** How to wait for one of several locks. */
export interface LockAnyOptions {
  /** A lock file whose holder is the next to get one: all others wait for it, in the order in which they came. */
  readonly turn: string;
  readonly signal: AbortSignal;
}

/**
 * Takes the exclusive lock of one of `paths`, whichever is free first. No system call waits for any of several locks, so
 * the one whose turn it is tries them all again and again, however many processes wait.
 *
 * @throws as {@link lockFile}
 */
export async function lockAny(paths: readonly string[], { turn, signal }: LockAnyOptions): Promise<Lock> {
  // On a machine with many processors a pass over all locks costs more, and one of them is free sooner.
  const pause = Math.max(0.05, paths.length * 0.005);
  const args = ['-c', LOCK_ANY, 'sh', turn, String(pause), ...paths];
  const lock = await start([turn, ...paths], { program: 'sh', args }, signal);
  if (lock === undefined) throw new Error('a blocking lock was not acquired');
  return lock;
}

/** The turn ends with what becomes `cat`, which keeps the one lock. */
const LOCK_ANY = `exec 8>>"$1" || exit 1
flock 8 || exit 1
pause=$2
shift 2
while :; do
  for path; do
    exec 9>>"$path" || exit 1
    flock -n 9 && exec cat 8>&-
  done
  sleep "$pause"
done
`;

async function hold(
  paths: readonly string[],
  flags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Lock | undefined> {
  // Each flock becomes the next, and the last one `cat`; the open files, and so the locks, are handed on.
  const [, ...args] = paths.flatMap((path) => ['flock', ...flags, path]);
  return await start(paths, { program: 'flock', args: [...args, 'cat'] }, signal);
}

/** Starts a program that becomes a `cat` when it has locks on some of `paths`. */
async function start(
  paths: readonly string[],
  { program, args }: { readonly program: string; readonly args: readonly string[] },
  signal: AbortSignal | undefined,
): Promise<Lock | undefined> {
  signal?.throwIfAborted();
  for (const directory of new Set(paths.map((path) => dirname(path)))) ensureDirectory(directory);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const abort = (): void => {
    endGroup(child);
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    let errorOutput = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errorOutput += text));
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    // Awaited by `release`; until then a rejection has no handler.
    ended.catch(() => undefined);
    const echoed = new Promise<'held'>((resolve) =>
      child.stdout.once('data', () => {
        resolve('held');
      }),
    );
    // The write fails if flock exited before it read anything; its exit code is examined below.
    child.stdin.on('error', () => undefined);
    child.stdin.write('\n');
    const outcome = await Promise.race([echoed, ended]);
    if (outcome === 'held') return lockOf(child, ended);
    signal?.throwIfAborted();
    if (outcome === CONFLICT) return undefined;
    if (errorOutput.includes('failed to execute')) throw missingProgram('cat', 'coreutils');
    throw new ElementError({
      code: 'STORE',
      message: `cannot lock \`${paths.join('`, `')}\``,
      detail: errorOutput,
      hint: 'change the owner of the lock directory, or choose another store with WHEELHOUSE_CACHE_DIR',
    });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw missingProgram('flock', 'util-linux', error);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Ends a child and all it has started: it leads a group of its own. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

function missingProgram(name: string, from: string, cause?: unknown): ElementError {
  return new ElementError({
    code: 'HOST_TOOL',
    message: `the program \`${name}\` is not on PATH`,
    hint: `install ${from}`,
    cause,
  });
}

function ensureDirectory(directory: string): void {
  try {
    makeDirectory(directory);
  } catch (error) {
    throw storeError(error, 'make', directory);
  }
}

function lockOf(child: ChildProcess, ended: Promise<number | null>): Lock {
  const streams = [child.stdin, child.stdout, child.stderr].filter((stream) => stream instanceof Socket);
  const handles = [child, ...streams];
  // A lock that is still held keeps no process from ending; one that is being released does, until it is.
  for (const handle of handles) handle.unref();
  return {
    release: async () => {
      for (const handle of handles) handle.ref();
      child.stdin?.end();
      await ended;
    },
  };
}
