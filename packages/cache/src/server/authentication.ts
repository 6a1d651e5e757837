import type { IncomingMessage } from 'node:http';
import type { Principal } from '../tiers/principal.js';

/**
 * Identifies the client that sends a token.
 *
 * @returns `undefined` if the token is none, or none that is valid now
 * @throws if it cannot be told at the moment
 */
export type Identify = (token: string) => Promise<Principal | undefined>;

const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** The token in `Authorization: Bearer <token>` (RFC 6750, section 2.1). @returns `undefined` if there is not just one */
export function bearerToken(request: IncomingMessage): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined || isRepeated(request.rawHeaders, 'authorization')) return undefined;
  return BEARER.exec(authorization)?.[1];
}

/** Of headers that are sent twice Node keeps the first, and tells nothing of the other. */
function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const each = rawHeaders[index];
    if (each?.length === name.length && each.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
