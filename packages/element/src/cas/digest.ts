import { hash } from 'node:crypto';

/**
 * The name of a blob: REAPI's `Digest` with SHA-256.
 * `hash` is 64 lower-case hexadecimal digits, `sizeBytes` the blob's length.
 *
 * @public
 */
export interface Digest {
  readonly hash: string;
  readonly sizeBytes: number;
}

/** The digest of bytes held in memory. */
export function digestOf(bytes: Uint8Array | string): Digest {
  const body = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  return { hash: hash('sha256', body, 'hex'), sizeBytes: body.byteLength };
}

/** The printed form that manifests and records use: `sha256:<hex>/<bytes>`. */
export function formatDigest(digest: Digest): string {
  return `sha256:${digest.hash}/${digest.sizeBytes}`;
}

/** Reads the printed form. @returns `undefined` if `text` is not one */
export function parseDigest(text: string): Digest | undefined {
  const match = /^sha256:([0-9a-f]{64})\/(\d+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { hash: match[1], sizeBytes: Number(match[2]) };
}

/** Whether a value, such as the answer of a plugin, is a digest. */
export function isDigest(value: unknown): value is Digest {
  if (typeof value !== 'object' || value === null || !('hash' in value) || !('sizeBytes' in value)) return false;
  const { hash, sizeBytes } = value;
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) && Number.isSafeInteger(sizeBytes);
}

/** Whether two digests name the same bytes. */
export function sameDigest(a: Digest, b: Digest): boolean {
  return a.hash === b.hash && a.sizeBytes === b.sizeBytes;
}
