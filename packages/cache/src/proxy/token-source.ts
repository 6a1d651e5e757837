import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** Where the token for the shared cache comes from. It may change while a proxy runs, where a file holds it. */
export class TokenSource {
  private read: { readonly stamp: string; readonly token: string | undefined } | undefined;

  /** @param file absolute path; it wins over `token` */
  constructor(
    private readonly token: string | undefined,
    private readonly file: string | undefined,
  ) {}

  /** The token as it is now; `undefined` if there is none. */
  current(): string | undefined {
    if (this.file === undefined) return this.token;
    try {
      const { mtimeMs, size, ino } = statSync(this.file);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (this.read?.stamp !== stamp) {
        const text = readFileSync(this.file, 'utf8').trim();
        this.read = { stamp, token: text === '' ? undefined : text };
      }
      return this.read.token;
    } catch {
      // It may be about to be replaced; without a token the shared cache says what is missing.
      return undefined;
    }
  }
}

/**
 * Who a token speaks for, as a digest. What one identity fetched or built is no other one's: a pull request must not find
 * what it wrote in the local tier of main. A token of OIDC changes with each job, so its identity claims count.
 */
export function identityOf(token: string | undefined): string {
  const claims = token === undefined ? undefined : claimsOf(token);
  const who = claims === undefined ? (token ?? '') : JSON.stringify(CLAIMS.map((name) => claims[name] ?? null));
  return createHash('sha256').update(who).digest('hex');
}

/** Of GitHub, all pull requests have one `sub`; `ref` tells them apart. */
const CLAIMS = ['iss', 'sub', 'aud', 'ref', 'ref_type', 'base_ref', 'environment', 'event_name'];

function claimsOf(token: string): Record<string, unknown> | undefined {
  const [, payload, signature, ...rest] = token.split('.');
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'iss' in claims && 'sub' in claims
      ? { ...claims }
      : undefined;
  } catch {
    return undefined;
  }
}
