import { ElementError } from '@wheelhouse/element';
import type { RegistryName } from '../format/base-reference.js';
import type { RegistryCredentials } from './registry-credentials.js';

/** Registries on this machine are spoken to without TLS, as engines do. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** What a client works with. */
export interface RegistryAccess {
  /** Asked only if the registry demands credentials. */
  readonly credentials: () => Promise<RegistryCredentials | undefined>;
  readonly signal?: AbortSignal | undefined;
}

/** Reads one repository of a registry (OCI distribution specification, "Pull"). */
export class RegistryClient {
  private authorization: string | undefined;
  private readonly base: string;

  constructor(
    private readonly name: RegistryName,
    private readonly access: RegistryAccess,
  ) {
    const scheme = LOOPBACK.test(name.host) ? 'http' : 'https';
    this.base = `${scheme}://${name.host}/v2/${name.repository}`;
  }

  /**
   * The answer to a request below the repository, such as `manifests/latest`.
   *
   * @param accept media types of manifests @throws ElementError IMAGE if the registry does not answer, or not with 200
   */
  async get(path: string, accept: readonly string[] = []): Promise<Response> {
    const url = `${this.base}/${path}`;
    const headers = accept.length === 0 ? {} : { accept: accept.join(', ') };
    let response = await this.request(url, headers);
    if (response.status === 401) {
      this.authorization = await this.authorize(response.headers.get('www-authenticate') ?? '');
      if (this.authorization !== undefined) response = await this.request(url, headers);
    }
    if (response.ok) return response;
    const what = response.status === 404 ? 'does not exist' : `was answered with ${response.status}`;
    throw new ElementError({
      code: 'IMAGE',
      message: `the registry \`${this.name.host}\`: \`${this.name.repository}/${path}\` ${what}`,
      ...(response.status === 401 || response.status === 403 ? { hint: `run \`docker login ${this.name.host}\`` } : {}),
    });
  }

  private async request(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const authorization = this.authorization === undefined ? {} : { authorization: this.authorization };
    try {
      return await fetch(url, { headers: { ...headers, ...authorization }, signal: this.access.signal ?? null });
    } catch (cause) {
      this.access.signal?.throwIfAborted();
      throw this.unreachable(url, cause);
    }
  }

  /** Answers a challenge (RFC 9110, "WWW-Authenticate"; distribution, "Token Authentication Specification"). */
  private async authorize(challenge: string): Promise<string | undefined> {
    const credentials = await this.access.credentials();
    const basic =
      credentials === undefined
        ? undefined
        : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
    if (!/^bearer /i.test(challenge)) return basic;
    const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
    const realm = fields.get('realm') ?? '';
    const query = new URLSearchParams({
      service: fields.get('service') ?? '',
      scope: fields.get('scope') ?? `repository:${this.name.repository}:pull`,
    });
    try {
      const response = await fetch(`${realm}?${query.toString()}`, {
        headers: basic === undefined ? {} : { authorization: basic },
        signal: this.access.signal ?? null,
      });
      if (!response.ok) return undefined;
      const { token, access_token: accessToken } = (await response.json()) as Readonly<Record<string, string>>;
      return `Bearer ${token ?? accessToken ?? ''}`;
    } catch (cause) {
      this.access.signal?.throwIfAborted();
      throw this.unreachable(realm, cause);
    }
  }

  private unreachable(url: string, cause: unknown): ElementError {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const reason = inner instanceof Error ? inner.message : String(inner);
    return new ElementError({
      code: 'IMAGE',
      message: `the registry \`${this.name.host}\` does not answer at ${url}: ${reason}`,
      cause,
    });
  }
}
