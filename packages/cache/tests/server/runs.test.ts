import { revokeToken, type OverviewReport } from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';
import { report } from '../support/seeded-server.js';
import { startServer, type TestServer } from '../support/server.js';

const directory = temporaryDirectories();
let server: TestServer;

beforeEach(async () => {
  server = await startServer({ directory: directory() });
});

afterEach(async () => {
  await server.server.stop(1000);
});

const task = { hash: '1', project: 'app', target: 'test', durationMs: 5000 };

async function overview(token = server.tokens.admin): Promise<OverviewReport> {
  const response = await fetch(`${server.url}/v1/overview`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as OverviewReport;
}

async function answer(tasks: unknown): Promise<string> {
  const response = await report(server, tasks, server.tokens.main);
  return `${response.status} ${await response.text()}`;
}

it('knows of a hit what it saves, by the first report of the entry', async () => {
  await server.put('1', 'x');
  expect((await report(server, [task], server.tokens.main)).status).toBe(204);
  await report(server, [{ ...task, project: 'other', durationMs: 1 }], server.tokens.main);
  await (await server.get('1', server.tokens.reader)).text();
  await server.get('2', server.tokens.reader);
  const { total, projects } = await overview();
  expect(total).toMatchObject({ hits: 1, misses: 1, stored: 1, savedMs: 5000, hitRate: 0.5 });
  expect(projects).toMatchObject([{ project: 'app', hits: 1, savedMs: 5000, trusted: { entries: 1, bytes: 1 } }]);
});

it('takes from a pull request nothing about trusted entries', async () => {
  await server.put('1', 'x');
  expect((await report(server, [task], server.tokens.pr1)).status).toBe(204);
  const { holdings } = await overview();
  expect(holdings?.latest).toMatchObject([{ hash: '1', project: null, durationMs: null, writer: 'main' }]);
});

it('names what is wrong with a report', async () => {
  expect(await answer([{ ...task, durationMs: '5' }])).toBe('400 `tasks[0].durationMs` must be number.\n');
  expect(await answer([{ ...task, durationMs: -1 }])).toBe('400 `tasks[0].durationMs` must be >= 0.\n');
  expect(await answer([task, { hash: '1' }])).toBe('400 `tasks[1].project` is missing.\n');
  expect(await answer([{ ...task, hash: '../x' }])).toMatch(/^400 `tasks\[0\].hash` must match pattern/);
  expect(await answer([{ ...task, target: 'a\nb' }])).toMatch(/^400 `tasks\[0\].target` must match pattern/);
  expect(await answer(Array.from({ length: 1001 }, () => task))).toMatch(/^400 `tasks` must NOT have more than 1000/);
  expect(await answer('x')).toBe('400 `tasks` must be array.\n');
});

it('refuses clients that may not write, invalid JSON, and bodies that are too large', async () => {
  const send = (body: string, headers: Record<string, string>) =>
    fetch(`${server.url}/v1/runs`, { method: 'POST', body, headers }).then(({ status }) => status);
  const main = { authorization: `Bearer ${server.tokens.main}`, 'content-type': 'application/json' };
  expect((await report(server, [task], server.tokens.reader)).status).toBe(403);
  expect((await report(server, [task], server.tokens.admin)).status).toBe(403);
  expect(await send('{"tasks":[]}', { 'content-type': 'application/json' })).toBe(401);
  expect(await send('{"tasks":[', main)).toBe(400);
  expect(await send('{"__proto__":{},"tasks":[]}', main)).toBe(400);
  expect(await send('tasks', { ...main, 'content-type': 'text/plain' })).toBe(415);
  expect(await send(`{"tasks":["${'x'.repeat(1024 * 1024)}"]}`, main)).toBe(413);
});

it('remembers figures and facts over a restart', async () => {
  const mine = directory();
  let first = await startServer({ directory: mine });
  await first.put('1', 'x');
  await report(first, [task], first.tokens.main);
  await (await first.get('1')).text();
  const { tokens, tokenFile } = first;
  await first.server.stop(1000);
  await Promise.all(Object.keys(tokens).map((name) => revokeToken(tokenFile, name, new Date())));
  first = await startServer({ directory: mine });
  await (await first.get('1')).text();
  const response = await fetch(`${first.url}/v1/overview`, {
    headers: { authorization: `Bearer ${first.tokens.reader}` },
  });
  expect(((await response.json()) as OverviewReport).total).toMatchObject({ hits: 2, stored: 1, savedMs: 10_000 });
  await first.server.stop(1000);
});

describe('the page', () => {
  const signIn = (token: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ token }).toString(),
    });
  const look = (cookie: string) => fetch(server.url, { headers: { cookie } }).then((response) => response.text());

  it('is shown to a session, and ends with its token', async () => {
    const response = await signIn(server.tokens.reader);
    expect(response.status).toBe(303);
    const set = response.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^wheelhouse-cache=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = set.split(';')[0] ?? '';
    expect(await look(cookie)).toContain('Hit rate by day');
    expect(await look('wheelhouse-cache=forged')).toContain('Read token');
    await revokeToken(server.tokenFile, 'reader', new Date());
    expect(await look(cookie)).toContain('revoked or expired');
  });

  it('is not for wrong tokens, pull requests and forms from elsewhere', async () => {
    expect((await signIn('x')).status).toBe(401);
    expect((await signIn(server.tokens.pr1)).status).toBe(403);
    expect((await signIn(server.tokens.reader, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await signIn(server.tokens.reader, { origin: 'http://elsewhere' })).status).toBe(403);
  });

  it('shows names as text', async () => {
    await server.put('1', 'x');
    await report(server, [{ ...task, project: '<script>alert(1)</script>' }], server.tokens.main);
    const cookie = (await signIn(server.tokens.admin)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const text = await look(cookie);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script');
  });
});
