import { type BuildListener } from '@wheelhouse/element';
import { BubblewrapSandbox, LocalStore, Scheduler, storeDirectory, type OnError } from '@wheelhouse/element/internal';
import type { PythonEngine } from '@wheelhouse/python-stage/internal';
import { timeLimit } from './time-limit.js';

/** What an entry point decides. */
export interface EngineOptions {
  /** Says where the store is, where programs are, and what pip and uv are set to. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ends what runs. */
  readonly signal: AbortSignal;
  /** Whether a failure that is on record is tried again. */
  readonly retryFailed?: boolean | undefined;
  /** What happens to the others when an element fails. Default: `continue`, since Nx itself decides about its tasks. */
  readonly onError?: OnError | undefined;
  /** Whether to read every file of the toolchain instead of trusting the package database. */
  readonly verifyToolchain?: boolean | undefined;
  /** Creates the reporter used while the store works. */
  reporter(store: LocalStore): { readonly listener: BuildListener };
}

/**
 * Where executors and the command are put together: the store, the sandbox, the listener. Nothing is touched on disk
 * and no program is started before it is needed.
 *
 * @throws ElementError STORE if WHEELHOUSE_CACHE_DIR is not an absolute path; USAGE if WHEELHOUSE_TIME_LIMIT is not a number
 *   of seconds
 */
export function openEngine(options: EngineOptions): PythonEngine {
  const { environment, signal } = options;
  const store = LocalStore.open(storeDirectory(environment));
  const timeoutSeconds = timeLimit(environment);
  return {
    store,
    sandbox: new BubblewrapSandbox({ store, path: environment.PATH ?? '' }),
    scheduler: new Scheduler({ slots: store.slots }),
    listener: options.reporter(store).listener,
    signal,
    retryFailed: options.retryFailed ?? false,
    onError: options.onError ?? 'continue',
    limits: timeoutSeconds === undefined ? {} : { timeoutSeconds },
    environment,
    verifyToolchain: options.verifyToolchain ?? false,
    toolchains: new Map(),
    background: new Set(),
  };
}
