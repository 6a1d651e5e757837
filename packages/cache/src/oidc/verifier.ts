import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { isCommitId } from '../store/entry.js';
import type { Principal } from '../tiers/principal.js';
import { tierOf } from './claim-rule.js';
import { IssuerKeys } from './issuer-keys.js';
import type { OidcProvider } from './provider.js';

/** Signatures that only the issuer can make. With HS256 anyone with the public key could, and with `none` anyone. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** Seconds by which clocks may differ. */
const SKEW = 30;
const TIMEOUT_MS = 5000;
const COOLDOWN_MS = 10_000;
const REFRESH_MS = 10 * 60_000;
const STALE_MS = 24 * 60 * 60_000;
const LONGEST_NAME = 300;

/** What a {@link OidcVerifier} is made with. */
export interface OidcVerifierOptions {
  readonly providers: readonly OidcProvider[];
  /** The time in milliseconds since 1970, as `Date.now`. */
  readonly now: () => number;
  /**
   * Called with the reason for refusing a token, without any content of a token that the issuer did not sign.
   *
   * @param issuer one that is known, or nothing
   */
  readonly onRefused: (reason: string, issuer: string | undefined) => void;
  /** Durations other than the defaults for the keys of issuers. */
  readonly keys?: { readonly timeoutMs?: number; readonly cooldownMs?: number; readonly refreshMs?: number };
}

interface Issuer {
  readonly providers: readonly OidcProvider[];
  readonly keys: IssuerKeys;
}

/**
 * Identifies clients by OpenID Connect tokens. One is valid for as long as its issuer says, within the span that the
 * provider allows, and for any number of requests: Nx sends it with each. See docs/adr/0058-oidc-and-claim-rules.md.
 */
export class OidcVerifier {
  private readonly issuers: ReadonlyMap<string, Issuer>;

  constructor(private readonly options: OidcVerifierOptions) {
    const { providers, now, keys: spans } = options;
    const usual = { timeoutMs: TIMEOUT_MS, cooldownMs: COOLDOWN_MS, refreshMs: REFRESH_MS, staleMs: STALE_MS };
    this.issuers = new Map(
      [...new Set(providers.map(({ issuer }) => issuer))].map((issuer) => [
        issuer,
        {
          providers: providers.filter((each) => each.issuer === issuer),
          keys: new IssuerKeys({ issuer, now, ...usual, ...spans }),
        },
      ]),
    );
  }

  /**
   * @param token what follows `Bearer`
   * @returns `undefined` if the token is none of a known issuer, not valid, or of a build that no rule is for
   * @throws IssuerFault if the issuer cannot be asked for its keys
   */
  async identify(token: string): Promise<Principal | undefined> {
    const issuer = this.issuers.get(issuerOf(token) ?? '');
    let reason = 'its issuer is not known';
    for (const provider of issuer?.providers ?? []) {
      try {
        const claims = await this.verify(token, provider, issuer?.keys);
        const principal = principalOf(claims, provider);
        if (principal !== undefined) return principal;
        reason = `no rule matches ${nameOf(claims)}`;
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
        reason = `${error.code}: ${error.message}`;
        // Another provider of the issuer may want another audience, or take older tokens; it can do no more.
        if (!(error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)) break;
      }
    }
    this.options.onRefused(reason, issuer?.providers[0]?.issuer);
    return undefined;
  }

  /** What each issuer's keys are asked for by administrators. */
  get keysByIssuer(): ReadonlyMap<string, IssuerKeys> {
    return new Map([...this.issuers].map(([issuer, { keys }]) => [issuer, keys]));
  }

  private async verify(token: string, provider: OidcProvider, keys: IssuerKeys | undefined): Promise<JWTPayload> {
    if (keys === undefined) throw new Error(`the keys of ${provider.issuer} are not known`);
    const { payload } = await jwtVerify(token, (header, input) => keys.find(header, input), {
      issuer: provider.issuer,
      audience: [...provider.audience],
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'iat', 'sub'],
      maxTokenAge: provider.maxTokenAgeMs / 1000,
      clockTolerance: SKEW,
      currentDate: new Date(this.options.now()),
    });
    return payload;
  }
}

function principalOf(claims: JWTPayload, { rules, workspace }: OidcProvider): Principal | undefined {
  const tier = tierOf(claims, rules);
  if (tier === undefined) return undefined;
  const { sha } = claims;
  const commit = typeof sha === 'string' && isCommitId(sha) ? { commit: sha } : {};
  return { name: nameOf(claims), tier, workspace, ...commit };
}

/** Who a token says has issued it: to look up whose keys it is to be verified by, and not believed further. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** The subject, in characters that a log and a page can show. */
function nameOf({ sub = '' }: JWTPayload): string {
  return sub.replace(/[^\x21-\x7e]/g, '?').slice(0, LONGEST_NAME);
}
