import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for one test file, removed after it. Gives a fresh path below it at each call. */
export function temporaryPaths(): () => string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-'));
  afterAll(() => rm(root, { recursive: true, force: true }));
  let count = 0;
  return () => join(root, String(count++));
}
