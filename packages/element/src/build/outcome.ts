import { ElementErrors, throwCollected, type ElementError } from '../base/error.js';
import type { CachedBecause } from './events.js';
import type { Element } from '../plugin/element.js';
import type { ArtifactRecord } from '../plugin/ports.js';

/** How an element came by its artifact, or why it has none. */
export type Outcome =
  | { readonly status: 'built'; readonly element: Element; readonly record: ArtifactRecord }
  | {
      readonly status: 'cached';
      readonly element: Element;
      readonly record: ArtifactRecord;
      readonly why: CachedBecause;
    }
  /** A command ended with another exit code than 0. */
  | { readonly status: 'failed'; readonly element: Element; readonly record: ArtifactRecord }
  /** A dependency failed, or another element's error ended the build. */
  | { readonly status: 'skipped'; readonly element: Element; readonly because: Element }
  /** It could not be carried out for another reason than a command's exit code. */
  | { readonly status: 'error'; readonly element: Element; readonly error: ElementError | ElementErrors };

/** Whether an element has no artifact. */
export function hasFailed({ status }: Outcome): boolean {
  return status === 'failed' || status === 'skipped' || status === 'error';
}

/** @throws ElementError @throws ElementErrors those of elements that could not be carried out */
export function throwErrors(outcomes: readonly Outcome[]): void {
  throwCollected(
    outcomes.flatMap((outcome) => {
      if (outcome.status !== 'error') return [];
      return outcome.error instanceof ElementErrors ? outcome.error.errors : [outcome.error];
    }),
  );
}
