import { isUtf8 } from 'node:buffer';
import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { isAbsent } from './errno.js';
import { ElementError } from './error.js';
import type { Origin } from './origin.js';
import { shownPath, systemError } from './system-error.js';

/**
 * The text of a file of this machine, which is UTF-8. Nothing but a regular file is opened: reading a fifo would wait
 * for a writer.
 *
 * @param path absolute
 * @param label what errors and origins call the file
 * @returns `undefined` if there is no such file
 * @throws ElementError LOADING_DIRECTORY, NOT_A_FILE, ENCODING; SYSTEM if it cannot be read
 */
export function readTextFile(path: string, label: string = path): string | undefined {
  const bytes = readFileBytes(path, label);
  return bytes === undefined ? undefined : decodeText(bytes, label);
}

/** The bytes of a regular file, as {@link readTextFile}. */
export function readFileBytes(path: string, label: string = path): Buffer | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.isDirectory()) throw new ElementError({ code: 'LOADING_DIRECTORY', message: `${label} is a directory` });
    if (!stats.isFile()) {
      const what = stats.isFIFO() ? 'a fifo' : stats.isSocket() ? 'a socket' : 'a device';
      throw new ElementError({
        code: 'NOT_A_FILE',
        message: `\`${shownPath(label)}\` is ${what}, not a regular file`,
        hint: 'replace it with a file, or remove it',
      });
    }
    // It may have become a fifo since.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw systemError(error, path) ?? error;
  }
}

/**
 * The text that bytes are. Decoding that puts a replacement character for what is not UTF-8 would make one text, and
 * one key, of different files.
 *
 * @throws ElementError ENCODING at the first byte that is not UTF-8
 */
export function decodeText(bytes: Buffer, label: string): string {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return text;
  const at = firstWrongByte(bytes, text);
  throw new ElementError({
    code: 'ENCODING',
    message: `The byte \`0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}\` is not UTF-8`,
    origin: originOf(bytes.toString('utf8', 0, at), label),
    hint: 'save the file as UTF-8',
  });
}

/** Decoding puts U+FFFD at the first wrong byte, and all before it is as it was; but a file may have U+FFFD of its own. */
function firstWrongByte(bytes: Buffer, text: string): number {
  let [offset, from] = [0, 0];
  for (;;) {
    const found = text.indexOf('\ufffd', from);
    if (found === -1) throw new Error('bytes that are not UTF-8 decoded without a replacement');
    offset += Buffer.byteLength(text.slice(from, found));
    if (bytes.toString('latin1', offset, offset + 3) !== '\xef\xbf\xbd') return offset;
    offset += 3;
    from = found + 1;
  }
}

/** The place just behind a text. */
function originOf(before: string, file: string): Origin {
  const lines = before.split('\n');
  return { file, line: lines.length, column: Array.from(lines.at(-1) ?? '').length };
}
