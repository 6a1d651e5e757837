import type { ElementError, ElementErrors } from '../load/error.js';
import type { Element } from '../plugin/element.js';
import type { ArtifactRecord, Key } from '../plugin/ports.js';

/** What a builder tells while it works. Reporters read these; the builder writes to no console. */
export type BuildEvent =
  | { readonly type: 'cached'; readonly element: Element; readonly key: Key; readonly why: CachedBecause }
  | { readonly type: 'waiting'; readonly element: Element; readonly key: Key }
  | { readonly type: 'started'; readonly element: Element; readonly key: Key }
  | { readonly type: 'output'; readonly element: Element; readonly chunk: Uint8Array }
  | { readonly type: 'warning'; readonly element: Element; readonly message: string }
  | { readonly type: 'built'; readonly element: Element; readonly record: ArtifactRecord }
  /** The element could not be built for another reason than a command's exit code: it ends the whole build. */
  | { readonly type: 'error'; readonly element: Element; readonly error: ElementError | ElementErrors }
  | { readonly type: 'failed'; readonly element: Element; readonly record: ArtifactRecord; readonly replayed: boolean };

/** The key was known; or the key was new, but what would have run had run before on the very same root. */
export type CachedBecause = 'key' | 'action';

/** Whoever listens. */
export type BuildListener = (event: BuildEvent) => void;
