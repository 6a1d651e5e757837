import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A token as it is handed out; it is never stored. */
export interface MintedToken {
  /** 16 hexadecimal digits that are no secret: they find the token's entry in the file. */
  readonly id: string;
  /** `whc_<id>_<secret>`, the secret being 32 random bytes in base64url. What stands in `Authorization: Bearer`. */
  readonly text: string;
  /** The SHA-256 of `text`, in hexadecimal. A slow hash would add nothing: 256 random bits cannot be guessed. */
  readonly sha256: string;
}

const FORM = /^whc_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** Makes a token out of the system's randomness. */
export function mintToken(): MintedToken {
  const id = randomBytes(8).toString('hex');
  const text = `whc_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, text, sha256: sha256Of(text).toString('hex') };
}

/** The id in a token's text. @returns `undefined` if the text has not the form of one */
export function tokenId(text: string): string | undefined {
  return FORM.exec(text)?.[1];
}

/** Whether `text` is the token with that digest; takes the same time wherever it differs. */
export function isToken(text: string, sha256: string): boolean {
  return timingSafeEqual(sha256Of(text), Buffer.from(sha256, 'hex'));
}

function sha256Of(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
