import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { ElementError } from '@wheelhouse/element';
import { errnoOf, ErrorCollector, lockFile, parseYaml } from '@wheelhouse/element/internal';
import { cacheError } from '../errors.js';
import { entryText, readEntry, type TokenEntry } from './token-entry.js';

const HEADER = '# The tokens of wheelhouse-cache, by their SHA-256. Written by `wheelhouse-cache token`.\n';

/**
 * Reads the file of tokens.
 *
 * @param file what errors call it
 * @throws ElementError, ElementErrors every entry that is not as it must be, with its place
 */
export function parseTokens(text: string, file: string): readonly TokenEntry[] {
  const errors = new ErrorCollector();
  const root = parseYaml(text, file);
  errors.attempt(() => {
    root.validateKeys(['tokens']);
  });
  const entries: TokenEntry[] = [];
  for (const node of errors.attempt(() => root.sequence('tokens')?.mappings()) ?? []) {
    const entry = errors.attempt(() => readEntry(node));
    if (entry === undefined) continue;
    const twice = entries.some(({ id }) => id === entry.id)
      ? 'id'
      : entries.some(sharesName(entry))
        ? 'name'
        : undefined;
    if (twice === undefined) entries.push(entry);
    else {
      const value = twice === 'id' ? entry.id : entry.name;
      errors.add(
        new ElementError({
          code: 'CACHE_TOKENS',
          message: `two tokens have the ${twice} \`${value}\``,
          origin: node.get(twice)?.origin,
          hint: 'revoke one of them, or remove it',
        }),
      );
    }
  }
  errors.throwIfAny();
  return entries;
}

/** Reads the file at `path`. @throws ElementError, ElementErrors CACHE_TOKENS if it cannot be read or used */
export function readTokens(path: string): readonly TokenEntry[] {
  return parseTokens(readText(path), path);
}

/** Whether two entries claim one name at a time. */
export function sharesName(entry: TokenEntry): (other: TokenEntry) => boolean {
  return (other) => other.name === entry.name && other.revoked === undefined && entry.revoked === undefined;
}

/**
 * Changes the file at `path`, which is made where it is absent, for its owner alone. Changes wait for one another by a
 * lock on `<path>.lock`, and a reader sees the file before or after, never in between.
 *
 * @throws ElementError CACHE_TOKENS
 */
export async function changeTokens(
  path: string,
  change: (entries: readonly TokenEntry[]) => readonly TokenEntry[],
): Promise<void> {
  const lock = await lockFile(`${path}.lock`);
  try {
    const before = statSync(path, { throwIfNoEntry: false });
    const entries = change(before === undefined ? [] : readTokens(path));
    const text = `${HEADER}tokens:${entries.length === 0 ? ' []' : ''}\n${entries.map(entryText).join('')}`;
    const temporary = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      writeWhole(temporary, text);
      if (before !== undefined) {
        // The server may run as a different user than the one who writes tokens.
        if (before.uid !== process.getuid?.() || before.gid !== process.getgid?.()) {
          chownSync(temporary, before.uid, before.gid);
        }
        chmodSync(temporary, before.mode & 0o777);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw fileError('write', path, error);
    }
  } finally {
    await lock?.release();
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError('read', path, error);
  }
}

function fileError(doing: 'read' | 'write', path: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const hint =
    errno === 'ENOENT'
      ? '`wheelhouse-cache token create --tokens FILE --name NAME --tier TIER` makes the file'
      : 'the file, and for `token create` and `token revoke` its directory, must be accessible to the user who runs this';
  return cacheError('CACHE_TOKENS', `cannot ${doing} the tokens in \`${path}\`: ${errno}`, hint, error);
}
