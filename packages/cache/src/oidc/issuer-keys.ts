import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { fetchDocument, isTrustworthy } from './document.js';

/** How an issuer is asked for its keys. */
export interface IssuerKeysOptions {
  /** As tokens say it, such as `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number;
  /** Milliseconds within which a key that is not known is not requested again. */
  readonly cooldownMs: number;
  /** Milliseconds after which keys are requested again, so that those which the issuer gave up are given up here. */
  readonly refreshMs: number;
  /** Milliseconds that keys are used for while the issuer cannot be asked. */
  readonly staleMs: number;
  /** The time in milliseconds since 1970, as `Date.now`. */
  readonly now: () => number;
}

/** An issuer, or the way to it, is at fault, so that nothing can be said about a token. */
export class IssuerFault extends Error {
  override readonly name = 'IssuerFault';
}

/** The keys of an issuer, found by its discovery document (OpenID Connect Discovery 1.0, section 4), kept and rotated. */
export class IssuerKeys {
  private set: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  private discovered = -Infinity;
  private asked = 0;

  constructor(private readonly options: IssuerKeysOptions) {}

  /**
   * The key that a token's header names. Nothing but its `alg` and `kid` is looked at: keys, or addresses of keys, that
   * a token brings itself are ignored.
   *
   * @throws IssuerFault if the issuer cannot be asked; JWKSNoMatchingKey if it has no such key
   */
  async find({ alg, kid }: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const set = await this.open();
    await this.refresh(set);
    // Whether the issuer is asked anew for a key that is not among those known.
    const isCooling = set.coolingDown;
    const header = { ...(alg === undefined ? {} : { alg }), ...(kid === undefined ? {} : { kid }) };
    try {
      return await set(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && !isCooling) throw error;
      if (error instanceof errors.JWKSNoMatchingKey) {
        throw new IssuerFault(`the keys of ${this.options.issuer} were requested only a moment ago`, { cause: error });
      }
      if (error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported) throw error;
      throw this.fault(error);
    }
  }

  /** All keys, requested again. @throws IssuerFault */
  async fetch(): Promise<JSONWebKeySet> {
    const set = await this.open();
    try {
      await set.reload();
    } catch (error) {
      throw this.fault(error);
    }
    return set.jwks() ?? { keys: [] };
  }

  private async open(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    const { now, cooldownMs } = this.options;
    if (this.set === undefined && now() - this.discovered < cooldownMs) {
      throw new IssuerFault(`${this.options.issuer} could not be reached a moment ago`);
    }
    this.set ??= this.discover().catch((error: unknown) => {
      this.set = undefined;
      this.discovered = now();
      throw this.fault(error);
    });
    return await this.set;
  }

  private async discover(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    const { issuer, timeoutMs, cooldownMs, staleMs, now } = this.options;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetchDocument(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (response.status !== 200) throw new TypeError(`${url} did not respond with 200`);
    const document = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    if (document.issuer !== issuer) throw new TypeError(`${url} belongs to another issuer`);
    const { jwks_uri: keys } = document;
    if (typeof keys !== 'string' || !isTrustworthy(keys)) throw new TypeError(`${url} has no jwks_uri with HTTPS`);
    this.asked = now();
    return createRemoteJWKSet(new URL(keys), {
      timeoutDuration: timeoutMs,
      cooldownDuration: cooldownMs,
      cacheMaxAge: staleMs,
      [customFetch]: fetchDocument,
    });
  }

  /** Keys that have been used for long are requested again; while that fails the old ones serve, though not forever. */
  private async refresh(set: ReturnType<typeof createRemoteJWKSet>): Promise<void> {
    const { now, refreshMs } = this.options;
    if (set.jwks() === undefined || now() - this.asked < refreshMs) return;
    this.asked = now();
    await set.reload().catch(() => undefined);
  }

  private fault(error: unknown): IssuerFault {
    if (error instanceof IssuerFault) return error;
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    const words = error instanceof Error ? `${error.message}${cause}` : String(error);
    return new IssuerFault(`cannot get the keys of ${this.options.issuer}: ${words}`, { cause: error });
  }
}
