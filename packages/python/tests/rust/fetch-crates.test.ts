import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { io, temporaryDirectory } from '@wheelhouse/python/testing';
import { fetchCrates } from '../../src/rust/fetch-crates.js';

const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const directory = temporaryDirectory();
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...names];
  execFileSync('openssl', made, { stdio: 'pipe' });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** What is told when the registry is at an address. */
async function failure(registry: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  const home = temporaryDirectory();
  mkdirSync(join(home, '.cargo'));
  const settings = `[source.crates-io]\nreplace-with = "own"\n[source.own]\nregistry = "sparse+${registry}"\n[net]\nretry = 0\n`;
  writeFileSync(join(home, '.cargo', 'config.toml'), settings);
  const { PATH, RUSTUP_HOME = join(process.env.HOME ?? '', '.rustup') } = process.env;
  const error: unknown = await fetchCrates([{ name: 'itoa', version: '1.0.0', checksum: `sha256:${'0'.repeat(64)}` }], {
    environment: { PATH, RUSTUP_HOME, HOME: home, ...more },
    temporary: temporaryDirectory(),
    io,
  }).catch((reason: unknown) => reason);
  const { reason, hint = '', code } = error as ElementError;
  expect(formatError(error as ElementError)).not.toContain('secret');
  const words = reason.replace(/ after \d+ ms: Could(?: not|n't) connect to server/, '');
  return `${code}: ${words}\nhint: ${hint}`;
}

/** Not every release of cargo names the address that it asked: what is told where it does, and where it does not. */
function either(text: string): readonly string[] {
  const unnamed = text
    .replace(/the registry `[^`]+`/, 'a registry')
    .replace(/certificate of `[^`]+`/, 'certificate of its host')
    .replace(/the name `[^`]+`/, 'the name of its host');
  return [text, unnamed];
}

const PROXY = "(`HTTPS_PROXY`, or cargo's `http.proxy`)";
const ONLINE = `check that this machine is online, and whether it needs a proxy ${PROXY}`;

test('a registry that cannot be reached is named with why', async () => {
  const refused =
    'FETCH: the registry `http://127.0.0.1:9/i/config.json` cannot be reached (Failed to connect to 127.0.0.1 port 9): ' +
    `cargo cannot fetch a crate\nhint: ${ONLINE}`;
  expect(either(refused)).toContain(await failure('http://user:secret@127.0.0.1:9/i/'));
  const unknown =
    'FETCH: the registry `http://nowhere.invalid/i/config.json` cannot be reached: the name `nowhere.invalid` cannot be resolved ' +
    `(Could not resolve host: nowhere.invalid): cargo cannot fetch a crate\nhint: ${ONLINE}`;
  expect(either(unknown)).toContain(await failure('http://nowhere.invalid/i/'));
}, 60_000);

test('a certificate that is not trusted, a proxy that asks who comes, and a registry that refuses are named', async () => {
  const tls = `https://127.0.0.1:${await listen(createTlsServer(selfSigned()))}`;
  const untrusted =
    `FETCH: the registry \`${tls}/i/config.json\` cannot be reached: the certificate of \`${new URL(tls).host}\` is not trusted ` +
    '(SSL certificate problem: self-signed certificate): cargo cannot fetch a crate\n' +
    "hint: set cargo's `http.cainfo` (the variable `CARGO_HTTP_CAINFO`) to the certificates of your organisation";
  expect(either(untrusted)).toContain(await failure(`${tls}/i/`));
  const asking = createServer((_, response) => response.writeHead(403).end());
  asking.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  const port = await listen(asking);
  const unproxied =
    'FETCH: the registry `https://example.invalid/i/config.json` cannot be reached: the proxy refused the request ' +
    '(CONNECT tunnel failed, response 407): cargo cannot fetch a crate\n' +
    `hint: add the user name and password to the proxy's URL ${PROXY}, or exclude the host with \`NO_PROXY\``;
  const proxy = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  expect(either(unproxied)).toContain(await failure('https://example.invalid/i/', proxy));
  const denied =
    `FETCH: the registry \`http://127.0.0.1:${port}/i/config.json\` answers \`403\`: cargo cannot fetch a crate\n` +
    'hint: log in with `cargo login`';
  expect(either(denied)).toContain(await failure(`http://127.0.0.1:${port}/i/`));
}, 60_000);
