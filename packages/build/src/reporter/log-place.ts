import { existsSync, statSync } from 'node:fs';
import { type LogFile } from '@wheelhouse/element';
import { parseDigest, tailOf, type LocalStore } from '@wheelhouse/element/internal';

/** How much of a log is shown with a failure. */
const TAIL_LINES = 40;

/** The log of a build. */
export interface LogPlace {
  /** Absolute path. */
  readonly path: string;
  /** Its last lines. */
  readonly tail: string;
}

/** Where a log is: the file it was written to, or, where another build has written there, the blob. */
export function logPlace(store: LocalStore, { digest, file }: LogFile): LogPlace | undefined {
  const log = parseDigest(digest);
  if (log === undefined) return undefined;
  const path = statSync(file, { throwIfNoEntry: false })?.size === log.sizeBytes ? file : store.blobs.pathOf(log);
  if (!existsSync(path)) return undefined;
  return { path, tail: tailOf(path, TAIL_LINES) };
}
