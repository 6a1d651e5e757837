import type { IncomingMessage } from 'node:http';
import type { Principal } from '../tiers/principal.js';

/**
 * Tells who presents a token.
 *
 * @returns `undefined` where the token is none, or none that is valid now
 * @throws where it cannot be told at the moment
 */
export type Identify = (token: string) => Promise<Principal | undefined>;

/** The token in `Authorization: Bearer <token>` (RFC 6750, section 2.1). @returns `undefined` where there is not just one */
export function bearerToken(request: IncomingMessage): string | undefined {
  const [only, ...others] = request.headersDistinct.authorization ?? [];
  if (only === undefined || others.length > 0) return undefined;
  return /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(only)?.[1];
}
