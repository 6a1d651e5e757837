import { isUtf8 } from 'node:buffer';
import { ElementError } from '@wheelhouse/element';
import { decodeText } from '@wheelhouse/element/internal';

/** Files that Python's tools read as UTF-8 alone, and that may not begin with a byte order mark. */
const STRICT = /\.(?:toml|cfg)$/;
/** Files that are lists for pip, by their usual names. */
const LISTS = /(?:^|\/)(?:requirements|constraints)[^/]*\.(?:txt|in)$/;

/**
 * The text of a file as what reads it decodes it: TOML and setup.cfg as UTF-8, requirements files as pip does (by a byte
 * order mark or a coding line). Python code is looked at by Python itself: of it, and of what is not UTF-8 and none of
 * these, each byte is a character here, so that no two contents are one text.
 *
 * @param name as errors call the file
 * @throws ElementError ENCODING at the first byte that is not UTF-8; METADATA for a byte order mark
 */
export function metadataText(bytes: Buffer, name: string): string {
  if (name.endsWith('.py')) return bytes.toString('latin1');
  if (!STRICT.test(name)) {
    const encoding = LISTS.test(name) ? listEncoding(bytes) : undefined;
    if (encoding === 'latin1') return bytes.toString(encoding);
    if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
    if (!LISTS.test(name) && !isUtf8(bytes)) return bytes.toString('latin1');
  } else if (bytes.subarray(0, 3).toString('hex') === 'efbbbf') {
    throw new ElementError({
      code: 'METADATA',
      message: 'the file begins with a byte order mark, which Python does not read here',
      origin: { file: name, line: 1, column: 0 },
      hint: 'save it as UTF-8 without a byte order mark',
    });
  }
  return decodeText(bytes, name);
}

/** pip goes by a byte order mark, and else by a coding line among the first two. */
function listEncoding(bytes: Buffer): 'utf-16le' | 'utf-16be' | 'latin1' | undefined {
  const start = bytes.subarray(0, 2).toString('hex');
  if (start === 'fffe') return 'utf-16le';
  if (start === 'feff') return 'utf-16be';
  const isLatin = bytes
    .toString('latin1')
    .split('\n', 2)
    .some((line) => /^#.*coding[:=]\s*(?:latin[-_]?1|iso-?8859-1)\b/i.test(line));
  return isLatin ? 'latin1' : undefined;
}
