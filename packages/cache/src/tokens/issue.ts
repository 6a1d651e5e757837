import type { Tier } from '../tiers/tier.js';
import { cacheError } from '../errors.js';
import { isWorkspaceName } from '../tiers/principal.js';
import { mintToken } from './token.js';
import { isTokenName, type TokenEntry } from './token-entry.js';
import { changeTokens, sharesName } from './token-file.js';

/** What a new token is for. */
export interface TokenRequest {
  readonly name: string;
  readonly tier: Tier;
  readonly workspace: string;
  /** From when on it is refused; never if absent. */
  readonly expires?: Date;
}

/**
 * Makes a token and writes its digest to the file at `path`.
 *
 * @returns the token's text, which cannot be had again
 * @throws ElementError CACHE_TOKENS when the name is taken or cannot be one
 */
export async function createToken(path: string, request: TokenRequest, now: Date): Promise<string> {
  if (!isTokenName(request.name)) {
    throw cacheError(
      'CACHE_TOKENS',
      `\`${request.name}\` is not a valid name for a token`,
      'a name has up to 100 letters, digits and `._@/-`, and begins with a letter or a digit',
    );
  }
  if (!isWorkspaceName(request.workspace)) {
    throw cacheError(
      'CACHE_TOKENS',
      `\`${request.workspace}\` is not a valid name for a workspace`,
      'a name has up to 40 lowercase letters, digits and hyphens',
    );
  }
  const { id, text, sha256 } = mintToken();
  const entry: TokenEntry = { ...request, id, sha256, created: now };
  await changeTokens(path, (entries) => {
    if (!entries.some(sharesName(entry))) return [...entries, entry];
    throw cacheError(
      'CACHE_TOKENS',
      `the token \`${request.name}\` already exists in \`${path}\``,
      `choose another name, or revoke it first: \`wheelhouse-cache token revoke --name ${request.name}\``,
    );
  });
  return text;
}

/**
 * Revokes the token of that name: a running server refuses it from the next request on.
 *
 * @throws ElementError CACHE_TOKENS when there is none that is not revoked
 */
export async function revokeToken(path: string, name: string, now: Date): Promise<void> {
  await changeTokens(path, (entries) => {
    const valid = entries.find((entry) => entry.name === name && entry.revoked === undefined);
    if (valid !== undefined) {
      return entries.map((entry) => (entry === valid ? { ...entry, revoked: now } : entry));
    }
    const names = entries.filter(({ revoked }) => revoked === undefined).map((entry) => `\`${entry.name}\``);
    throw cacheError(
      'CACHE_TOKENS',
      `\`${path}\` has no active token \`${name}\``,
      names.length === 0 ? 'it has no active tokens' : `it has ${names.join(', ')}`,
    );
  });
}
