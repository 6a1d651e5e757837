import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { logPath, tailOf, type ArtifactRecord, type Element, type LocalStore } from '@wheelhouse/element';

/** How much of a log is shown with a failure. */
const TAIL_LINES = 40;

/** The log of a build. */
export interface LogPlace {
  /** Absolute path. */
  readonly path: string;
  /** Its last lines. */
  readonly tail: string;
}

/** Where the log of a record lies: the file it was written to, or, where another build has written there, the blob. */
export function logPlace(store: LocalStore, element: Element, record: ArtifactRecord): LogPlace | undefined {
  const { log } = record;
  if (log === undefined) return undefined;
  const blob = store.blobs.pathOf(log);
  const file = logPath(store.scratch.logs, element, record.key);
  const path = statSync(file, { throwIfNoEntry: false })?.size === log.sizeBytes ? file : blob;
  if (!existsSync(path)) return undefined;
  return { path, tail: tailOf(path, TAIL_LINES) };
}
