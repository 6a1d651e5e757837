import type { Assembler } from './assembler.js';
import type { BuildListener } from './events.js';
import type { Fetcher } from './fetcher.js';
import type { Scheduler } from './scheduler.js';
import type { ElementKeys } from '../key/element-key.js';
import type { Element } from '../plugin/element.js';
import type { KeyLocks } from '../plugin/local-ports.js';
import type { ArtifactStore } from '../plugin/ports.js';

/**
 * What becomes of the others when an element fails or cannot be carried out (BuildStream's user configuration,
 * `scheduler: on-error`): `continue` builds all that do not need it; `quit` lets those that run end and starts no other;
 * `terminate` ends those that run, too.
 */
export type OnError = 'continue' | 'quit' | 'terminate';

/** The parts a {@link Builder} works with. */
export interface BuilderOptions {
  /** All elements that it may be asked for. */
  readonly targets: readonly Element[];
  readonly artifacts: ArtifactStore;
  readonly keys: ElementKeys;
  readonly assembler: Assembler;
  readonly fetcher: Fetcher;
  readonly scheduler: Scheduler;
  readonly locks: KeyLocks;
  readonly listener: BuildListener;
  /** Absolute path of the directory of log files: `<element>/<key>.log`. */
  readonly logDirectory: string;
  /** Whether a failure that is on record is tried again. */
  readonly retryFailed: boolean;
  readonly onError: OnError;
  /** Lets nothing more start. Several builders that stop together share one. */
  readonly stopping: AbortController;
  /** Ends what runs, when the caller aborts it or this builder does. */
  readonly ending: AbortController;
  /** Ends what runs, from outside. */
  readonly signal: AbortSignal;
}
