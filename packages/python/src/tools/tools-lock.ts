import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lock } from '../lockfile/lock.js';
import { parseLock } from '../lockfile/parse.js';

/**
 * The lock of this package's own programs: those of the private tools environment, and the wheels that scripts in
 * sandboxes import. An absolute path. Its requirements are answered anew by `lockTools`.
 */
export const TOOLS_LOCK: string = join(__dirname, 'tools.txt');

/** What the tools lock answers. */
export const TOOL_REQUIREMENTS: readonly string[] = ['installer', 'packaging', 'pip', 'tomli', 'unearth', 'uv'];

/**
 * The lock of what uploads to an index: an environment of its own, made when something is uploaded for the first time.
 * An absolute path.
 */
export const UPLOAD_TOOLS_LOCK: string = join(__dirname, 'upload-tools.txt');

/** What that lock answers. */
export const UPLOAD_TOOL_REQUIREMENTS: readonly string[] = ['twine'];

/** The lowest Python that can run the tools: unearth's. */
export const TOOLS_PYTHON = '3.10';

/** Reads {@link TOOLS_LOCK}. */
export function readToolsLock(): Lock {
  return parseLock(readFileSync(TOOLS_LOCK, 'utf8'), '@wheelhouse/python/tools.txt');
}
