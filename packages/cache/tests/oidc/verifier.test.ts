import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, type CryptoKey } from 'jose';
import { type OidcProvider, OidcVerifier, type OidcVerifierOptions, type Principal } from '@wheelhouse/cache/internal';
import {
  forge,
  type IssuerKey,
  newKey,
  sign,
  type SignOptions,
  startIssuer,
  type TestIssuer,
} from '../support/oidc-issuer.js';

const AUDIENCE = 'https://cache.example.org';
const SHA = 'c0ffee'.padEnd(40, '0');

let key: IssuerKey;
let otherKey: IssuerKey;
let issuer: TestIssuer;
let other: TestIssuer;
const refused: [string, string | undefined][] = [];

beforeAll(async () => {
  [key, otherKey] = await Promise.all([newKey('1'), newKey('1')]);
  [issuer, other] = await Promise.all([startIssuer([key]), startIssuer([otherKey])]);
});
beforeEach(() => {
  refused.length = 0;
  Object.assign(issuer, { mode: 'well', keys: [key.publicJwk], discovery: undefined });
  issuer.requests.length = 0;
});
afterAll(async () => {
  await Promise.all([issuer.close(), other.close()]);
});

const provider = (of: TestIssuer, change: Partial<OidcProvider> = {}): OidcProvider => ({
  issuer: of.url,
  audience: [AUDIENCE],
  workspace: 'shop',
  maxTokenAgeMs: 3_600_000,
  rules: [
    {
      claims: { repository: ['org/shop'], ref: ['refs/heads/main'], event_name: ['push'] },
      grant: { kind: 'trusted' },
    },
    {
      claims: { repository: ['org/shop'], event_name: ['pull_request'] },
      grant: { kind: 'pull-request', number: 'ref' },
    },
  ],
  ...change,
});

function verifier(options: Partial<OidcVerifierOptions> = {}): OidcVerifier {
  return new OidcVerifier({
    providers: [provider(issuer), provider(other, { rules: [] })],
    now: Date.now,
    onRefused: (reason, of) => refused.push([reason, of]),
    ...options,
  });
}

const MAIN = { repository: 'org/shop', ref: 'refs/heads/main', event_name: 'push', sha: SHA };
const claims = (change: object = {}): Parameters<typeof sign>[1] => ({
  iss: issuer.url,
  aud: AUDIENCE,
  ...MAIN,
  ...change,
});
const main = (change: object = {}, options?: SignOptions): Promise<string> => sign(key, claims(change), options);
const TRUSTED: Principal = { name: 'repo:org/shop', tier: { kind: 'trusted' }, workspace: 'shop', commit: SHA };

describe('a token of OpenID Connect', () => {
  it('says who asks, how far he is trusted, and the commit that its issuer vouches for', async () => {
    const it = verifier();
    expect(await it.identify(await main())).toEqual(TRUSTED);
    const pull = { ref: 'refs/pull/12/merge', event_name: 'pull_request', sha: 'not a commit' };
    expect(await it.identify(await main(pull))).toEqual({
      name: 'repo:org/shop',
      tier: { kind: 'pull-request', number: 12 },
      workspace: 'shop',
    });
    expect(await it.identify(await main({ aud: ['somebody', AUDIENCE] }))).toEqual(TRUSTED);
    expect(refused).toEqual([]);
  });

  it.each(['ES256', 'PS256', 'Ed25519'])('may be signed by %s', async (alg) => {
    const fresh = await newKey('fresh', alg);
    issuer.keys = [key.publicJwk, fresh.publicJwk];
    expect(await verifier().identify(await sign(fresh, claims()))).toEqual(TRUSTED);
  });

  it('serves any number of requests for as long as it lasts, and none after that', async () => {
    let now = Date.now();
    const it = verifier({ now: () => now });
    const token = await main({}, { until: 300 });
    for (let count = 0; count < 3; count++) expect(await it.identify(token)).toEqual(TRUSTED);
    now += 331_000;
    expect(await it.identify(token)).toBeUndefined();
    expect(refused).toEqual([['ERR_JWT_EXPIRED: "exp" claim timestamp check failed', issuer.url]]);
  });

  it.each<[string, () => Promise<string> | string, string]>([
    [
      'of another audience',
      () => main({ aud: 'https://other.example.org' }),
      'ERR_JWT_CLAIM_VALIDATION_FAILED: unexpected "aud"',
    ],
    ['without an audience', () => main({ aud: undefined }), 'ERR_JWT_CLAIM_VALIDATION_FAILED: missing required "aud"'],
    ['that has expired', () => main({}, { from: -600, until: -60 }), 'ERR_JWT_EXPIRED: "exp"'],
    ['that never expires', () => main({ exp: undefined }), 'ERR_JWT_CLAIM_VALIDATION_FAILED: missing required "exp"'],
    ['that is not valid yet', () => main({}, { from: 120, iat: 0 }), 'ERR_JWT_CLAIM_VALIDATION_FAILED: "nbf"'],
    ['that was made in the future', () => main({}, { iat: 120, from: 0 }), 'ERR_JWT_CLAIM_VALIDATION_FAILED: "iat"'],
    ['that was made too long ago', () => main({}, { from: -3700, until: 300 }), 'ERR_JWT_EXPIRED: "iat"'],
    [
      'without a time of making',
      () => main({ iat: undefined }),
      'ERR_JWT_CLAIM_VALIDATION_FAILED: missing required "iat"',
    ],
    ['without a subject', () => main({ sub: undefined }), 'ERR_JWT_CLAIM_VALIDATION_FAILED: missing required "sub"'],
    ['by another key of that name', () => sign(otherKey, claims()), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    [
      'with a key of another issuer',
      () => sign(key, claims({ iss: other.url })),
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
    ['with a key that nobody knows', () => sign({ ...key, kid: '2' }, claims()), 'ERR_JWKS_NO_MATCHING_KEY'],
    ['with a path for a key', () => sign({ ...key, kid: '../../keys/1' }, claims()), 'ERR_JWKS_NO_MATCHING_KEY'],
    ['with `__proto__` for a key', () => sign({ ...key, kid: '__proto__' }, claims()), 'ERR_JWKS_NO_MATCHING_KEY'],
    [
      'whose claims were changed',
      async () => (await main({ ref: 'x' })).replace(/\.[^.]+\./, `.${part(claims())}.`),
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
    ['that no rule is for', () => main({ event_name: 'workflow_dispatch' }), 'no rule matches repo:org/shop'],
    [
      'with a header that must be understood',
      () => forge({ alg: 'RS256', kid: '1', crit: ['exp-x'], 'exp-x': 1 }, claims(), () => 'AAAA'),
      'ERR_JOSE_NOT_SUPPORTED',
    ],
  ])('is refused %s', async (_what, make, reason) => {
    expect(await verifier().identify(await make())).toBeUndefined();
    expect(refused).toHaveLength(1);
    expect(refused[0]?.[0]).toContain(reason);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['of an issuer that nobody named', () => main({ iss: 'https://evil.example.org' })],
    ['of an issuer by another spelling', () => main({ iss: `${issuer.url}/` })],
    ['without an issuer', () => main({ iss: undefined })],
    ['that is no token', () => 'a.b.c'],
    ['of two parts', () => 'a.b'],
    ['that is encrypted', () => 'a.b.c.d.e'],
  ])('is refused %s, without a request for keys', async (_what, make) => {
    expect(await verifier().identify(await make())).toBeUndefined();
    expect(refused).toEqual([['its issuer is not known', undefined]]);
    expect(issuer.requests).toEqual([]);
  });

  it('is refused without a signature, whatever its header says', async () => {
    for (const alg of ['none', 'None', 'NONE', '', undefined, null, ['RS256']]) {
      const payload = { ...claims(), iat: 1, exp: 1e11, sub: 'repo:org/shop' };
      expect(await verifier().identify(forge({ alg, kid: '1' }, payload, () => ''))).toBeUndefined();
    }
    expect(refused).toHaveLength(7);
  });

  it('is refused where the public key was taken for a secret', async () => {
    const now = Math.floor(Date.now() / 1000);
    const payload = { ...claims(), sub: 'repo:org/shop', iat: now, exp: now + 300 };
    const publicKey = (await importJWK(key.publicJwk, 'RS256', { extractable: true })) as CryptoKey;
    const pem = await exportSPKI(publicKey);
    const secrets = [pem, pem.trim(), JSON.stringify(key.publicJwk), String(key.publicJwk.n)];
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      for (const secret of secrets) {
        const token = forge({ alg, kid: '1' }, payload, (signed) =>
          createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url'),
        );
        expect(await verifier().identify(token)).toBeUndefined();
      }
    }
    expect(new Set(refused.map(([reason]) => reason))).toEqual(
      new Set(['ERR_JOSE_ALG_NOT_ALLOWED: "alg" (Algorithm) Header Parameter value not allowed']),
    );
    // Not even where the issuer publishes a secret.
    issuer.keys = [{ kty: 'oct', k: Buffer.from('secret').toString('base64url'), kid: '1', alg: 'HS256' }];
    const token = forge({ alg: 'HS256', kid: '1' }, payload, (signed) =>
      createHmac('sha256', 'secret').update(signed).digest('base64url'),
    );
    expect(await verifier().identify(token)).toBeUndefined();
  });

  it('is not verified with keys that it contains', async () => {
    const evil = await newKey('evil');
    const trap = await startIssuer([evil]);
    const headers = [
      { jwk: evil.publicJwk },
      { jku: `${trap.url}/keys` },
      { x5u: `${trap.url}/keys` },
      { jwk: evil.publicJwk, kid: '1' },
      { jku: `${trap.url}/keys`, kid: '1' },
    ];
    for (const header of headers) {
      expect(await verifier().identify(await sign(evil, claims(), { header }))).toBeUndefined();
    }
    expect(trap.requests).toEqual([]);
    await trap.close();
  });

  it('may be for one of several workspaces of an issuer', async () => {
    const second = provider(issuer, {
      workspace: 'tools',
      audience: ['tools'],
      rules: [{ claims: { repository: ['org/tools'] }, grant: { kind: 'read' } }],
    });
    const it = verifier({ providers: [provider(issuer), second] });
    const tools = { repository: 'org/tools', sha: undefined };
    expect(await it.identify(await main({ ...tools, aud: 'tools' }))).toEqual({
      name: 'repo:org/shop',
      tier: { kind: 'read' },
      workspace: 'tools',
    });
    expect(await it.identify(await main())).toEqual(TRUSTED);
    expect(await it.identify(await main(tools))).toBeUndefined();
    expect(await it.identify(await main({ aud: 'tools' }))).toBeUndefined();
  });

  it('names its writer in characters that can be shown', async () => {
    const principal = await verifier().identify(await main({ sub: `a\n\u001b[31m\u202e${'x'.repeat(1000)}` }));
    expect(principal?.name).toBe(`a??[31m?${'x'.repeat(292)}`);
  });
});

describe('the keys of an issuer', () => {
  const spans = { timeoutMs: 300, cooldownMs: 200, refreshMs: 1000 };
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  it('are asked for once, and anew for a key that is not among them', async () => {
    const it = verifier({ keys: spans });
    const token = await main();
    await Promise.all([it.identify(token), it.identify(token), it.identify(token)]);
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    const rotated = await newKey('2');
    issuer.keys = [rotated.publicJwk, key.publicJwk];
    await wait(250);
    expect(await it.identify(await sign(rotated, claims()))).toEqual(TRUSTED);
    expect(await it.identify(token)).toEqual(TRUSTED);
    expect(issuer.requests).toHaveLength(3);
  });

  it('are not requested repeatedly for tokens with unknown keys', async () => {
    const it = verifier({ keys: spans });
    await it.identify(await main());
    const bad = await sign({ ...key, kid: 'no-such-key' }, claims());
    // Whether there is such a key cannot be told so soon after.
    await expect(it.identify(bad)).rejects.toMatchObject({ name: 'IssuerFault' });
    await expect(it.identify(bad)).rejects.toMatchObject({ name: 'IssuerFault' });
    expect(issuer.requests).toHaveLength(2);
    await wait(250);
    expect(await it.identify(bad)).toBeUndefined();
    expect(issuer.requests).toHaveLength(3);
  });

  it('are given up when the issuer gives them up', async () => {
    let now = Date.now();
    const it = verifier({ keys: { ...spans, refreshMs: 60_000 }, now: () => now });
    const token = await main();
    expect(await it.identify(token)).toEqual(TRUSTED);
    issuer.keys = [(await newKey('2')).publicJwk];
    expect(await it.identify(token)).toEqual(TRUSTED);
    now += 61_000;
    await wait(250);
    await it.identify(token).catch(() => undefined);
    await wait(250);
    expect(await it.identify(token)).toBeUndefined();
  });

  it('serve on while the issuer is away', async () => {
    let now = Date.now();
    const it = verifier({ keys: { ...spans, refreshMs: 60_000 }, now: () => now });
    const token = await main({}, { until: 600 });
    expect(await it.identify(token)).toEqual(TRUSTED);
    for (const mode of ['down', 'broken', 'frozen', 'redirecting'] as const) {
      issuer.mode = mode;
      now += 61_000;
      expect(await it.identify(token)).toEqual(TRUSTED);
    }
  });

  it.each(['down', 'broken', 'frozen', 'redirecting'] as const)(
    'cannot be had from an issuer that is %s, which is a fault and no refusal',
    async (mode) => {
      issuer.mode = mode;
      const it = verifier({ keys: spans });
      const token = await main();
      await expect(it.identify(token)).rejects.toMatchObject({ name: 'IssuerFault' });
      await expect(it.identify(token)).rejects.toThrow('could not be reached a moment ago');
      expect(issuer.requests).toHaveLength(1);
      issuer.mode = 'well';
      await wait(250);
      expect(await it.identify(token)).toEqual(TRUSTED);
      expect(refused).toEqual([]);
    },
  );

  it.each<[string, object]>([
    ['of another issuer', { issuer: 'https://evil.example.org', jwks_uri: 'http://127.0.0.1:1/keys' }],
    ['without an address of keys', {}],
    ['with an address that anybody on the way can change', { jwks_uri: 'http://keys.example.org/keys' }],
    ['with an address of another kind', { jwks_uri: 'file:///etc/passwd' }],
  ])('are not taken from a discovery document %s', async (_what, document) => {
    issuer.discovery = { issuer: issuer.url, ...document };
    await expect(verifier({ keys: spans }).identify(await main())).rejects.toMatchObject({ name: 'IssuerFault' });
  });

  it('are not read from an endless document', async () => {
    issuer.discovery = { issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, filler: 'x'.repeat(2_000_000) };
    await expect(verifier({ keys: spans }).identify(await main())).rejects.toThrow('more than 1048576 bytes');
  });
});

function part(value: object): string {
  const now = Math.floor(Date.now() / 1000);
  return Buffer.from(JSON.stringify({ sub: 'x', iat: now, exp: now + 300, ...value })).toString('base64url');
}
