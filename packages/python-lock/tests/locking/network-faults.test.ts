import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import { fetchDistributions, type IndexSettings, type Tools } from '@wheelhouse/python/fetch';
import {
  makeCompany,
  type Company,
  PackageIndex,
  anInterpreter,
  io,
  sharedTools,
  temporaryDirectory,
} from '@wheelhouse/python/testing';
import { LockWorkspace } from '../testing/lock-workspace.js';

let index: PackageIndex;
let company: Company;
let tools: Tools;
let interpreter: Interpreter;
let proxy: Server;
beforeAll(async () => {
  index = await PackageIndex.start([
    { name: 'leaf', version: '1.0', format: 'wheel' },
    { name: 'maker', version: '1.0', format: 'wheel' },
    { name: 'hooked', version: '1.0', format: 'wheel' },
  ]);
  company = makeCompany();
  tools = await sharedTools();
  interpreter = await anInterpreter();
  proxy = createServer((_, response) => response.writeHead(407, { 'proxy-authenticate': 'Basic realm="p"' }).end());
  proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  await index.stop();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
});

const ELSEWHERE = 'no other index is used instead, because the same name may be another distribution there';

async function lock(more: Partial<IndexSettings>, environment: NodeJS.ProcessEnv = {}): Promise<LockWorkspace> {
  const workspace = new LockWorkspace({ index, tools, interpreter });
  workspace.app(['leaf']);
  const indexes = { ...index.settings, retries: 0, ...more };
  await workspace.lock({ indexes, environment }).catch((error: unknown) => {
    expect(existsSync(join(workspace.directory, 'app/locks'))).toBe(false);
    throw error;
  });
  return workspace;
}

/** First and last line of what is told of a lock, and all of what is told of a fetch. */
async function failures(more: Partial<IndexSettings>): Promise<readonly string[]> {
  const [ofLock, ofFetch] = [
    await lock(more).catch((reason: unknown) => reason),
    await fetchDistributions([{ name: 'leaf', version: '1.0', hashes: [`sha256:${'0'.repeat(64)}`], format: 'any' }], {
      ...{ tools, interpreter, io, environment: { PATH: process.env.PATH } },
      settings: { ...index.settings, retries: 0, ...more },
      destination: temporaryDirectory(),
    }).catch((reason: unknown) => reason),
  ].map((error) => formatError(error as ElementError));
  expect(`${ofLock ?? ''}${ofFetch ?? ''}`).not.toContain('secret');
  const lines = (ofLock ?? '').split('\n');
  const ends = [lines[0] ?? '', lines.at(-1) ?? ''];
  const fetched = (ofFetch ?? '').split('\n');
  return [...ends, fetched[0] ?? '', fetched.at(-1) ?? ''];
}

function both(url: string, deed: RegExp, hint: string): RegExp[] {
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const first = new RegExp(
    `^the index \`${escaped(url)}[^\`]*\` cannot be reached: ${deed.source}, asked for \`leaf\`$`,
  );
  const last = new RegExp(`^hint: ${escaped(hint)}; ${escaped(ELSEWHERE)}$`);
  return [first, last, first, last];
}

async function expectBoth(more: Partial<IndexSettings>, [url, deed, hint]: Parameters<typeof both>): Promise<void> {
  const told = await failures(more);
  for (const [at, pattern] of both(url, deed, hint).entries()) expect(told[at]).toMatch(pattern);
}

const ONLINE = "check that this machine is online, and whether it needs a proxy (`HTTPS_PROXY`, or pip's `proxy`)";
const CERTIFICATES = "set the variable `SSL_CERT_FILE` or pip's `cert` to the certificates of your organisation";

test('an unknown host, and one that refuses connections, are reported first', async () => {
  const unknown = 'https://user:secret@packages.invalid/simple';
  await expectBoth({ indexUrl: unknown }, [
    'https://packages.invalid/simple',
    /the name `packages\.invalid` cannot be resolved \(.+\)/,
    ONLINE,
  ]);
  await expectBoth({ indexUrl: 'http://user:secret@127.0.0.1:9/simple' }, [
    'http://127.0.0.1:9/simple',
    /`127\.0\.0\.1:9` refused the connection/,
    ONLINE,
  ]);
}, 120_000);

test('a proxy that requires credentials is named first', async () => {
  const { port } = proxy.address() as AddressInfo;
  await expectBoth({ indexUrl: 'https://packages.invalid/simple', proxy: `http://127.0.0.1:${port}` }, [
    'https://packages.invalid/simple',
    /the proxy refused the request \(.+\)/,
    "add the user name and password to the proxy's URL (`HTTPS_PROXY`, or pip's `proxy`), or exclude the host with `NO_PROXY`",
  ]);
}, 120_000);

test("an index with a company's certificate is used if its authority is configured, and reported first if not", async () => {
  const url = await index.secure(company.valid);
  const { host } = new URL(url);
  await expectBoth({ indexUrl: index.authorized(url) }, [
    url,
    new RegExp(`the certificate of \`${host}\` is not trusted \\(.+\\)`),
    CERTIFICATES,
  ]);
  const indexUrl = index.authorized(url);
  for (const trusting of [
    await lock({ indexUrl, cert: company.authority }),
    await lock({ indexUrl }, { SSL_CERT_FILE: company.authority }),
  ]) {
    expect(trusting.pins('runtime.txt')).toEqual(['leaf==1.0']);
  }
}, 120_000);

test('an expired certificate is reported first', async () => {
  const url = await index.secure(company.expired);
  const { host } = new URL(url);
  await expectBoth({ indexUrl: index.authorized(url), cert: company.authority }, [
    url,
    new RegExp(`the certificate of \`${host}\` is not trusted \\(.*[Ee]xpired.*\\)`),
    CERTIFICATES,
  ]);
}, 120_000);
