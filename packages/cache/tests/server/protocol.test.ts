import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { revokeToken } from '@wheelhouse/cache/internal';
import { digestOf } from '@wheelhouse/element/internal';
import { someBytes } from '@wheelhouse/element/testing';
import { temporaryDirectories } from '../support/directories.js';
import { rawConnection, startServer, type TestServer } from '../support/server.js';

const directory = temporaryDirectories();
let it1: TestServer;

beforeAll(async () => {
  it1 = await startServer({ directory: directory() });
});

afterAll(async () => {
  await it1.server.stop(1000);
});

async function answer(response: Promise<Response>): Promise<[number, string | null, string]> {
  const answered = await response;
  return [answered.status, answered.headers.get('content-type'), await answered.text()];
}

describe('the protocol of Nx', () => {
  const head = (hash: string, length: number): string =>
    [
      `PUT /v1/cache/${hash} HTTP/1.1`,
      'Host: cache',
      `Authorization: Bearer ${it1.tokens.main}`,
      'Content-Type: application/octet-stream',
      `Content-Length: ${length}`,
      '',
      '',
    ].join('\r\n');

  it('takes bodies that come with their heads, one request after the other in one piece', async () => {
    const connection = rawConnection(it1.port);
    connection.send(`${head('together-1', 5)}first${head('together-2', 0)}${head('together-3', 6)}second`);
    const text = await connection.answered(/(stored[^]*){3}/);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200']);
    connection.socket.destroy();
    const bodies = ['together-1', 'together-2', 'together-3'].map(async (hash) => (await it1.get(hash)).text());
    expect(await Promise.all(bodies)).toEqual(['first', '', 'second']);
  });

  it('takes a small body that comes in parts', async () => {
    const connection = rawConnection(it1.port);
    for (const part of [head('in-parts', 6), 'ab', 'cd', 'ef']) {
      connection.send(part);
      await sleep(20);
    }
    await connection.answered(/stored/);
    connection.socket.destroy();
    expect(await (await it1.get('in-parts')).text()).toBe('abcdef');
  });

  it('stores an entry with 200 and gives it back byte for byte', async () => {
    const bytes = someBytes(3_000_000, 1);
    expect(await answer(it1.put('1234567890', bytes))).toEqual([200, 'text/plain', 'The entry has been stored.\n']);
    const response = await it1.get('1234567890');
    expect([response.status, response.headers.get('content-type'), response.headers.get('content-length')]).toEqual([
      200,
      'application/octet-stream',
      '3000000',
    ]);
    const sha256 = Buffer.from(digestOf(bytes).hash, 'hex').toString('base64');
    expect(response.headers.get('repr-digest')).toBe(`sha-256=:${sha256}:`);
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), bytes)).toBe(0);
  });

  it('answers 404 where there is no entry', async () => {
    expect(await answer(it1.get('404'))).toEqual([404, 'text/plain', 'No such entry.\n']);
  });

  it('answers 409 if the entry already exists, and keeps it', async () => {
    await it1.put('409', 'first');
    expect(await answer(it1.put('409', 'second'))).toEqual([
      409,
      'text/plain',
      'The entry already exists and is kept.\n',
    ]);
    expect(await (await it1.get('409')).text()).toBe('first');
  });

  it('answers 403 to clients that may not write', async () => {
    expect(await answer(it1.put('403', 'x', it1.tokens.reader))).toEqual([
      403,
      'text/plain',
      'The token is of the tier `read`, which may not write.\n',
    ]);
  });

  it.each([
    ['no token', undefined, 'This cache requires a token: set NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN.\n'],
    [
      'a wrong token',
      'whc_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'The token in NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN is not valid: it is wrong, revoked or expired.\n',
    ],
  ])('answers 401 of exactly text/plain to %s', async (_what, token, text) => {
    for (const method of ['GET', 'PUT']) {
      const body = method === 'PUT' ? { body: 'x' } : {};
      expect(await answer(it1.request(method, '401', token, body))).toEqual([401, 'text/plain', text]);
    }
  });

  it.each(['Basic abc', 'Bearer', 'Bearer ', 'bearer a b', 'Bearer "x"', 'whc_0'])(
    'answers 401 to `Authorization: %s`',
    async (authorization) => {
      const response = await it1.request('GET', '401', undefined, { headers: { authorization } });
      expect(response.status).toBe(401);
    },
  );

  it('takes a body of no bytes', async () => {
    expect((await it1.put('0', '')).status).toBe(200);
    expect(await (await it1.get('0')).text()).toBe('');
  });

  it.each([
    ['a compressed transfer', { 'content-encoding': 'gzip' }, 'An upload must not have a Content-Encoding.\n'],
    ['a form', { 'content-type': 'text/plain' }, 'An upload must be application/octet-stream.\n'],
  ])('answers 415 to %s', async (_what, headers, text) => {
    expect(await answer(it1.put('415', 'x', it1.tokens.main, headers))).toEqual([415, 'text/plain', text]);
  });

  it('answers 404 to any other path or method', async () => {
    for (const path of ['/v1/cache', '/v1/cache/1/2', '/v2/cache/1', '/v1/cache/1/']) {
      expect((await fetch(`${it1.url}${path}`)).status).toBe(404);
    }
    for (const method of ['POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']) {
      expect((await it1.request(method, '1234567890', it1.tokens.main)).status).toBe(404);
    }
  });
});

describe('tiers, over HTTP', () => {
  it('give main never what a pull request wrote, and the pull request what main wrote', async () => {
    const { pr1, pr2, main, reader } = it1.tokens;
    expect((await it1.put('creep', 'poison', pr1)).status).toBe(200);
    for (const token of [main, pr2, reader]) expect((await it1.get('creep', token)).status).toBe(404);
    expect((await it1.put('creep', 'good', main)).status).toBe(200);
    for (const token of [main, pr1, pr2, reader]) expect(await (await it1.get('creep', token)).text()).toBe('good');
    expect((await it1.put('creep', 'poison again', pr2)).status).toBe(409);
  });

  it('keep the commit that a writer names, and only if it can be one', async () => {
    const commit = 'c'.repeat(40);
    await it1.put('commit', 'x', it1.tokens.main, { 'wheelhouse-commit': commit });
    await it1.put('no-commit', 'x', it1.tokens.main, { 'wheelhouse-commit': 'HEAD' });
    const recordOf = (hash: string) => it1.store.get({ namespace: 'default/trusted', hash });
    expect((await recordOf('commit'))?.commit).toEqual({ id: commit, vouchedBy: 'writer' });
    expect(await recordOf('no-commit')).not.toHaveProperty('commit');
  });
});

describe('a server that cannot do its work', () => {
  it('answers a miss and a refusal, after which Nx continues, and says so in a header', async () => {
    const mine = await startServer({ directory: directory() });
    await mine.put('1', 'x');
    const { bodies } = mine.store.layout;
    rmSync(bodies, { recursive: true });
    writeFileSync(bodies, 'no directory');
    const responses = [await mine.get('1'), await mine.put('2', 'y')];
    expect(responses.map(({ status, headers }) => [status, headers.get('wheelhouse-fault')])).toEqual([
      [404, 'store'],
      [403, 'store'],
    ]);
    expect(mine.outcomes()).toEqual(['PUT stored', 'GET fault', 'PUT fault']);
    expect(mine.log.filter((line) => line.includes('"level":"error"')).join()).toContain('ENOTDIR');
    await mine.server.stop(1000);
  });

  it('identifies no client while the tokens cannot be read', async () => {
    const mine = await startServer({ directory: directory() });
    await mine.put('1', 'x');
    writeFileSync(mine.tokenFile, 'tokens: 3');
    const responses = [await mine.get('1'), await mine.put('2', 'y')];
    expect(responses.map(({ status, headers }) => [status, headers.get('wheelhouse-fault')])).toEqual([
      [404, 'identity'],
      [403, 'identity'],
    ]);
    await mine.server.stop(1000);
  });

  it('refuses a token from the moment on that it is revoked', async () => {
    const mine = await startServer({ directory: directory() });
    await mine.put('1', 'x');
    await revokeToken(mine.tokenFile, 'main', new Date());
    expect((await mine.get('1')).status).toBe(401);
    expect((await mine.get('1', mine.tokens.reader)).status).toBe(200);
    await mine.server.stop(1000);
  });
});

describe('operation', () => {
  it('says that it runs, and what is wrong', async () => {
    const wrong = ['the disk is full', 'the tokens cannot be read'];
    const mine = await startServer({
      directory: directory(),
      options: { problems: () => Promise.resolve(wrong) },
    });
    expect(await answer(fetch(`${mine.url}/healthz`))).toEqual([200, 'text/plain', 'ok\n']);
    expect(await answer(fetch(`${mine.url}/readyz`))).toEqual([
      503,
      'text/plain',
      'the disk is full\nthe tokens cannot be read\n',
    ]);
    expect((await fetch(`${it1.url}/readyz`)).status).toBe(200);
    await mine.server.stop(1000);
  });

  it('shows figures to who has a token, but not to pull requests', async () => {
    const mine = await startServer({ directory: directory() });
    await mine.put('1', someBytes(1000, 1));
    await (await mine.get('1')).arrayBuffer();
    await mine.get('2', mine.tokens.pr1);
    const figures = (token?: string) =>
      fetch(`${mine.url}/metrics`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
    expect((await figures()).status).toBe(401);
    expect((await figures(mine.tokens.pr1)).status).toBe(403);
    const text = await (await figures(mine.tokens.admin)).text();
    expect(text).toContain('wheelhouse_cache_requests_total{method="GET",outcome="hit",tier="trusted"} 1\n');
    expect(text).toContain('wheelhouse_cache_requests_total{method="GET",outcome="miss",tier="pull-request"} 1\n');
    expect(text).toContain('wheelhouse_cache_body_bytes_total{outcome="stored"} 1000\n');
    expect(text).toContain('wheelhouse_cache_entries 1\n');
    expect(text).toContain('process_resident_memory_bytes');
    await mine.server.stop(1000);
  });

  it('logs who asked for what, and never a token', async () => {
    const mine = await startServer({ directory: directory() });
    await mine.put('77', 'x', mine.tokens.pr1);
    await mine.get('77', mine.tokens.pr1);
    await mine.get('77', `${mine.tokens.pr1}x`);
    await fetch(`${mine.url}/v1/cache/1?token=${mine.tokens.main}`);
    await fetch(`${mine.url}/${mine.tokens.main}`);
    await mine.server.stop(1000);
    const lines = mine.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ outcome }) => outcome === 'stored')).toMatchObject({
      msg: 'request',
      method: 'PUT',
      hash: '77',
      principal: 'pr1',
      tier: 'pr:1',
      sizeBytes: 1,
      ip: '127.0.0.1',
    });
    for (const token of Object.values(mine.tokens)) expect(mine.log.join()).not.toContain(token.slice(0, 40));
  });
});

it('needs no right to write to serve what is there', async () => {
  const mine = await startServer({ directory: directory() });
  await mine.put('1', 'x');
  chmodSync(mine.store.layout.entries, 0o555);
  expect((await mine.get('1')).status).toBe(200);
  chmodSync(mine.store.layout.entries, 0o755);
  await mine.server.stop(1000);
});
