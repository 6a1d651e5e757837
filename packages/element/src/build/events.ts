import type { ElementError, ElementErrors } from '../base/error.js';
import type { Element } from '../plugin/element.js';
import type { ArtifactRecord, Key } from '../plugin/ports.js';

/** What a builder tells while it works. Reporters read these; the builder writes to no console. */
export type BuildEvent =
  /** The element has no artifact yet: it is going to be built, when what it needs is there. */
  | { readonly type: 'queued'; readonly element: Element; readonly key: Key }
  | { readonly type: 'cached'; readonly element: Element; readonly key: Key; readonly why: CachedBecause }
  | { readonly type: 'waiting'; readonly element: Element; readonly key: Key }
  | { readonly type: 'started'; readonly element: Element; readonly key: Key }
  | { readonly type: 'output'; readonly element: Element; readonly chunk: Uint8Array }
  | { readonly type: 'warning'; readonly element: Element; readonly message: string }
  | { readonly type: 'built'; readonly element: Element; readonly record: ArtifactRecord }
  /** The element could not be built for another reason than a command's exit code: it ends the whole build. */
  | { readonly type: 'error'; readonly element: Element; readonly error: ElementError | ElementErrors }
  | { readonly type: 'failed'; readonly element: Element; readonly record: ArtifactRecord; readonly replayed: boolean }
  | ActivityEvent;

/** Work beside elements that may take long, such as a download. One object stands for it from its start to its end. */
export interface Activity {
  /** The present participle and the past participle of what is done, such as `downloading` and `downloaded`. */
  readonly verbs: readonly [doing: string, done: string];
  /** What it is done to, such as `12 files`. */
  readonly what: string;
}

/** How an activity gets on. `bytes` are those that were received so far. */
export type ActivityEvent =
  | { readonly type: 'activity'; readonly activity: Activity; readonly bytes?: number }
  /** `elapsed` in milliseconds. */
  | {
      readonly type: 'activity-ended';
      readonly activity: Activity;
      readonly elapsed: number;
      readonly bytes?: number;
      readonly failed: boolean;
    };

/** The key was known; or the key was new, but what would have run had run before on the very same root. */
export type CachedBecause = 'key' | 'action';

/** Whoever listens. */
export type BuildListener = (event: BuildEvent) => void;

/**
 * Does `work` and tells of it. Nothing is told where it ends before anybody would want to know (within a tenth of a second).
 *
 * @param work may say how many bytes it has received in all
 */
export async function withActivity<T>(
  listener: BuildListener,
  activity: Activity,
  work: (received: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const start = performance.now();
  let bytes: number | undefined;
  let told = false;
  const tell = (): void => {
    told = true;
    listener({ type: 'activity', activity, ...(bytes === undefined ? {} : { bytes }) });
  };
  const timer = setTimeout(tell, WORTH_TELLING);
  const end = (failed: boolean): void => {
    clearTimeout(timer);
    if (!told) return;
    const elapsed = performance.now() - start;
    listener({ type: 'activity-ended', activity, elapsed, failed, ...(bytes === undefined ? {} : { bytes }) });
  };
  try {
    const result = await work((received) => {
      bytes = received;
      if (told) tell();
    });
    end(false);
    return result;
  } catch (error) {
    end(true);
    throw error;
  }
}

/** After how many milliseconds an activity is told of. */
const WORTH_TELLING = 100;
