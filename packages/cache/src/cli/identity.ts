import type { Settings } from '../config/settings.js';
import type { OidcVerifier, OidcVerifierOptions } from '../oidc/verifier.js';
import type { Identify } from '../server/authentication.js';
import { TokenGuard } from '../tokens/token-guard.js';

/** What identifies clients: tokens of the file, tokens of issuers, or both. */
export interface Identity {
  readonly identify: Identify;
  readonly guard: TokenGuard | undefined;
}

/** Opens what settings describe. An issuer is asked for its keys when a client first sends one of its tokens. */
export async function openIdentity(
  { tokens, oidc }: Settings,
  onRefused: OidcVerifierOptions['onRefused'],
): Promise<Identity> {
  const guard = tokens === undefined ? undefined : new TokenGuard(tokens, Date.now);
  const verifier = await openVerifier({ oidc }, onRefused);
  return {
    guard,
    identify: async (token) => {
      // Tokens of the file have no dots in them.
      if (verifier !== undefined && token.includes('.')) return await verifier.identify(token);
      return guard?.identify(token);
    },
  };
}

/** What verifies tokens of the issuers in settings. It is loaded only if there are any. */
export async function openVerifier(
  { oidc }: Pick<Settings, 'oidc'>,
  onRefused: OidcVerifierOptions['onRefused'],
): Promise<OidcVerifier | undefined> {
  if (oidc.length === 0) return undefined;
  const module = await import('../oidc/verifier.js');
  return new module.OidcVerifier({ providers: oidc, now: Date.now, onRefused });
}
