import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** A key pair of an issuer. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function newKey(kid: string, alg = 'RS256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** An issuer of OpenID Connect tokens on loopback, with its discovery document and its keys. */
export interface TestIssuer {
  readonly url: string;
  /** What it publishes; a test may change them. */
  keys: JWK[];
  /** How it answers. */
  mode: 'well' | 'down' | 'frozen' | 'broken' | 'redirecting';
  /** The discovery document, where it is to be another one. */
  discovery: Readonly<Record<string, unknown>> | undefined;
  /** The paths that were asked for. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function startIssuer(keys: readonly IssuerKey[]): Promise<TestIssuer> {
  const answer = (response: ServerResponse, value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const server = createServer(({ url: path = '', socket }, response) => {
    issuer.requests.push(path);
    switch (issuer.mode) {
      case 'down':
        socket.destroy();
        return;
      case 'frozen':
        return;
      case 'broken':
        response.writeHead(500).end();
        return;
      case 'redirecting':
        response.writeHead(302, { location: `${issuer.url}/elsewhere` }).end();
        return;
      case 'well':
        if (path === '/keys') answer(response, { keys: issuer.keys });
        else answer(response, issuer.discovery ?? { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: keys.map(({ publicJwk }) => publicJwk),
    mode: 'well',
    discovery: undefined,
    requests: [],
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}

/** A token, signed by `key`. Its times are in seconds from now. */
export async function sign(
  key: IssuerKey,
  claims: JWTPayload & { readonly iss: string },
  { header = {}, from = -10, until = 300, iat = from }: SignOptions = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iat: now + iat, nbf: now + from, exp: now + until, sub: 'repo:org/shop', ...claims };
  return await new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
}

export interface SignOptions {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly from?: number;
  readonly until?: number;
  readonly iat?: number;
}

/** A token with that header and these claims, whose signature is whatever `signature` says. */
export function forge(header: object, claims: object, signature: (signed: string) => string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${signature(signed)}`;
}
