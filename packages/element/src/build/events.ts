import { randomUUID } from 'node:crypto';
import type { Key } from '../plugin/ports.js';

/**
 * What a builder reports while it works: plain data that can be written as JSON. Reporters use nothing else, and
 * `wheelhouse build --json` prints each event as a line.
 *
 * @public
 */
export type BuildEvent = ElementEvent | ActivityEvent;

/** What happens to one element, from `queued`, where it has to be built, to `ended`. @public */
export type ElementEvent =
  ElementQueued | ElementWaiting | ElementStep | ElementStarted | ElementOutput | ElementWarning | ElementEnded;

/**
 * Work beside elements that may take long, such as a download. Told only if it takes a tenth of a second or longer.
 *
 * @public
 */
export type ActivityEvent = ActivityStarted | ActivityProgress | ActivityEnded;

/** An element as events name it. @public */
export interface ElementFacts {
  /** Its full name, such as `lib/app.bst`. */
  readonly name: string;
  readonly kind: string;
  /** Its unique key: 64 hexadecimal digits. Absent if the element's own code gives none. */
  readonly key?: Key;
  /** Whether it is built by commands; otherwise trees are merged, which takes no time worth telling. */
  readonly runsCommands: boolean;
  readonly hasSources: boolean;
}

/** The element has no artifact yet: it is built when its dependencies are. */
export interface ElementQueued {
  readonly type: 'queued';
  readonly element: ElementFacts;
}

/** Another process is building the same element. */
export interface ElementWaiting {
  readonly type: 'waiting';
  readonly element: ElementFacts;
}

/**
 * The element has reached the next step of its build: `fetch`, it waits for its sources; `stage`, its root is
 * assembled; `run`, its commands wait for a processor; `collect`, their results are stored.
 */
export interface ElementStep {
  readonly type: 'step';
  readonly element: ElementFacts;
  readonly step: 'fetch' | 'stage' | 'run' | 'collect';
}

/** The element's commands start. */
export interface ElementStarted {
  readonly type: 'started';
  readonly element: ElementFacts;
}

/** The element's commands, or the fetch of its sources, printed something. */
export interface ElementOutput {
  readonly type: 'output';
  readonly element: ElementFacts;
  /** A part of what is printed, which need not end with a line. */
  readonly text: string;
}

/** A warning about the element. */
export interface ElementWarning {
  readonly type: 'warning';
  readonly element: ElementFacts;
  readonly message: string;
}

/** The outcome. @public */
export interface ElementEnded {
  readonly type: 'ended';
  readonly element: ElementFacts;
  readonly result: ElementResult;
}

/** How an element came by its artifact, or why it has none. @public */
export type ElementResult = BuiltResult | CachedResult | FailedResult | SkippedResult | ErrorResult;

/** It was built. */
export interface BuiltResult extends Timing {
  readonly outcome: 'built';
  /** The digest of the artifact's tree: `sha256:<hex>/<bytes>`. */
  readonly tree: string;
  readonly log?: LogFile;
}

/** The artifact was there: under its `key`; or the same `action` had run before on the very same root. */
export interface CachedResult {
  readonly outcome: 'cached';
  readonly why: CachedBecause;
  /** The digest of the artifact's tree: `sha256:<hex>/<bytes>`. */
  readonly tree: string;
}

/** A command ended with another exit code than 0. */
export interface FailedResult extends Timing {
  readonly outcome: 'failed';
  readonly exitCode: number;
  /** The label of the command. */
  readonly command?: string;
  readonly log?: LogFile;
  /** Whether it failed before, and nothing has changed since. */
  readonly replayed: boolean;
}

/** It was not built, because of another element. */
export interface SkippedResult {
  readonly outcome: 'skipped';
  /** The name of the element that failed, or that ended the build. */
  readonly because: string;
}

/** It could not be built for another reason than a command's exit code. */
export interface ErrorResult {
  readonly outcome: 'error';
  /** The error's whole message, without hints. */
  readonly message: string;
}

/** When something began (milliseconds since 1970), and how long it took (milliseconds). */
export interface Timing {
  readonly started: number;
  readonly elapsed: number;
}

/** What commands printed. @public */
export interface LogFile {
  /** `sha256:<hex>/<bytes>`: the blob that is kept. */
  readonly digest: string;
  /** The absolute path of the file it was written to. A later build of the same key writes there, too. */
  readonly file: string;
}

/** The key was known; or the key was new, but what would have run had run before on the very same root. @public */
export type CachedBecause = 'key' | 'action';

/** Work beside elements, by the same data from its start to its end. @public */
export interface Activity {
  /** Tells activities apart. */
  readonly id: string;
  /** The present participle and the past participle of what is done, such as `downloading` and `downloaded`. */
  readonly verbs: readonly [doing: string, done: string];
  /** What it is done to, such as `12 files`. */
  readonly what: string;
}

/** Work other than building an element has started. */
export interface ActivityStarted {
  readonly type: 'started';
  readonly activity: Activity;
  /** How many bytes have been received so far, where that is known. */
  readonly bytes?: number;
}

/** It has made progress. */
export interface ActivityProgress {
  readonly type: 'progress';
  readonly activity: Activity;
  /** How many bytes have been received so far. */
  readonly bytes: number;
}

/** It has ended. `elapsed` in milliseconds. */
export interface ActivityEnded {
  readonly type: 'ended';
  readonly activity: Activity;
  readonly elapsed: number;
  readonly bytes?: number;
  readonly failed: boolean;
}

/** Takes events. @public */
export type BuildListener = (event: BuildEvent) => void;

/**
 * Does `work` and tells of it.
 *
 * @param work may say how many bytes it has received in all
 */
export async function withActivity<T>(
  listener: BuildListener,
  named: Omit<Activity, 'id'>,
  work: (received: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const activity: Activity = { id: randomUUID(), ...named };
  const start = performance.now();
  let bytes: number | undefined;
  let told = false;
  const known = (): { readonly bytes?: number } => (bytes === undefined ? {} : { bytes });
  const timer = setTimeout(() => {
    told = true;
    listener({ type: 'started', activity, ...known() });
  }, WORTH_TELLING);
  const end = (failed: boolean): void => {
    clearTimeout(timer);
    if (told) listener({ type: 'ended', activity, elapsed: performance.now() - start, failed, ...known() });
  };
  try {
    const result = await work((received) => {
      bytes = received;
      if (told) listener({ type: 'progress', activity, bytes: received });
    });
    end(false);
    return result;
  } catch (error) {
    end(true);
    throw error;
  }
}

/** After how many milliseconds an activity is reported. */
const WORTH_TELLING = 100;
