import type { OverviewReport } from '@wheelhouse/cache/internal';
import { percentText } from '../../src/overview/format.js';
import { temporaryDirectories } from '../support/directories.js';
import { startServer, type TestServer } from '../support/server.js';

const directory = temporaryDirectories();
let server: TestServer;

beforeEach(async () => {
  server = await startServer({ directory: directory() });
});

afterEach(async () => {
  await server.server.stop(1000);
});

async function total(): Promise<OverviewReport['total']> {
  const headers = { authorization: `Bearer ${server.tokens.admin}` };
  return ((await (await fetch(`${server.url}/v1/overview`, { headers })).json()) as OverviewReport).total;
}

async function page(): Promise<string> {
  const signedIn = await fetch(`${server.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ token: server.tokens.admin }),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return await (await fetch(server.url, { headers: { cookie } })).text();
}

it('is all where there was no miss, drawn to the top', async () => {
  await server.put('1', 'x');
  for (let round = 0; round < 3; round++) await (await server.get('1')).text();
  expect(await total()).toMatchObject({ hits: 3, misses: 0, hitRate: 1 });
  const html = await page();
  expect(html).toContain('<dd class="figure">100\u00A0%</dd><dd class="muted">3 of 3 requests</dd>');
  expect(html).toMatch(
    /100\u00A0%, 3 of 3 requests<\/title>.*<rect class="bar" x="[\d.]+" y="0" width="7\.5" height="100"/,
  );
});

it('is nothing where there were misses alone, with nothing drawn', async () => {
  expect((await server.get('1')).status).toBe(404);
  expect(await total()).toMatchObject({ hits: 0, misses: 1, hitRate: 0 });
  const html = await page();
  expect(html).toContain('<dd class="figure">0\u00A0%</dd><dd class="muted">0 of 1 request</dd>');
  expect(html).toMatch(
    /0\u00A0%, 0 of 1 request<\/title>.*<rect class="bar" x="[\d.]+" y="100" width="7\.5" height="0"/,
  );
});

it('is null without requests', async () => {
  expect(await total()).toMatchObject({ hits: 0, misses: 0, hitRate: null });
  expect(await page()).toContain('Nothing has used this cache in this period');
});

it.each([
  [1, '100 %'],
  [0.99999, '99.9 %'],
  [0.9, '90.0 %'],
  [0.0001, '0.0 %'],
  [0, '0 %'],
])('of %d is shown as %s', (part, text) => {
  expect(percentText(part)).toBe(text.replace(' ', '\u00A0'));
});
