import { ElementError } from '../base/error.js';
import { formatDigest, type Digest } from '../cas/digest.js';

/** The error of a blob that does not exist. */
export function missing(digest: Digest, cause?: unknown): ElementError {
  return new ElementError({
    code: 'STORE',
    message: `the store does not have the blob \`${formatDigest(digest)}\``,
    cause,
  });
}

/** The error of a blob whose bytes do not match its digest; `path` is the file to remove, where it is one. */
export function corrupt(digest: Digest, path?: string): ElementError {
  return new ElementError({
    code: 'STORE',
    message: `the store's bytes of the blob \`${formatDigest(digest)}\` do not match its digest`,
    hint: path === undefined ? undefined : `remove \`${path}\`; it will be fetched or built again`,
  });
}

/** The error of bytes that were to be written under a digest that is not theirs. */
export function mismatch(expected: Digest, actual: Digest): ElementError {
  return new ElementError({
    code: 'STORE',
    message: `the bytes written as \`${formatDigest(expected)}\` have the digest \`${formatDigest(actual)}\``,
  });
}

/** The error of more bytes than the digest they were to be written under has. */
export function tooLong(expected: Digest): ElementError {
  return new ElementError({
    code: 'STORE',
    message: `the bytes written as \`${formatDigest(expected)}\` are longer than that`,
  });
}
