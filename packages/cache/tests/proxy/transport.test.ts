import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, request as askOther, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ProxyOptions } from '@wheelhouse/cache/internal';
import { archiveWith } from '../support/archive.js';
import { temporaryDirectories } from '../support/directories.js';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream.js';
import { buildPackage } from '../support/nx-workspace.js';
import { startProxyProcess, type ProxyProcess } from '../support/proxy-process.js';

const directory = temporaryDirectories();
const closing: (() => unknown)[] = [];
let upstream: FaultyUpstream;

beforeAll(buildPackage, 120_000);

beforeEach(async () => {
  upstream = await startFaultyUpstream();
  closing.push(() => upstream.close());
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A process of its own, since Node reads what the environment says of certificates when it starts. */
async function proxyFor(setting: {
  readonly options: ProxyOptions;
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<ProxyProcess> {
  const subject = await startProxyProcess({ directory: directory(), token: 'secret', ...setting });
  closing.push(() => subject.kill());
  return subject;
}

/** Ends with the test, its connections too. @returns its port */
async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server with a certificate that nobody knows, before the shared cache. */
async function withCertificate(): Promise<{ readonly url: string; readonly certificate: string }> {
  const place = directory();
  const [key, certificate] = [join(place, 'key.pem'), join(place, 'certificate.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=cache.test'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  const server = createHttpsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    const { method, url, headers } = request;
    const asked = askOther(`${upstream.url}${url ?? ''}`, { method, headers }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    request.pipe(asked);
  });
  return { url: `https://127.0.0.1:${await listening(server)}`, certificate };
}

/** A proxy of HTTP as companies have them. */
async function companyProxy(): Promise<{ readonly url: string; readonly tunnels: string[] }> {
  const tunnels: string[] = [];
  const server = createHttpServer((request, response) => {
    tunnels.push(request.url ?? '');
    const { method, url = '', headers } = request;
    const asked = askOther(url, { method, headers }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    request.pipe(asked);
  });
  server.on('connect', (request, client: Socket) => {
    tunnels.push(request.url ?? '');
    const [host = '', port] = (request.url ?? '').split(':');
    const other = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      other.pipe(client).pipe(other);
    });
    other.on('error', () => client.destroy());
    client.on('error', () => other.destroy()).on('close', () => other.destroy());
    closing.push(() => other.destroy());
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, tunnels };
}

async function goesThrough(subject: ProxyProcess): Promise<void> {
  const archive = await archiveWith('content');
  expect(await subject.put('1', archive)).toBe(200);
  await subject.delivered();
  expect(upstream.entries.get('1')).toEqual(archive);
  expect(upstream.lastHeaders.authorization).toBe('Bearer secret');
  upstream.entries.set('2', archive);
  expect(await subject.bytes('2')).toEqual(archive);
  expect(await subject.end()).toBeUndefined();
}

describe('a certificate of an authority of one’s own', () => {
  it.each(['the option', 'NODE_EXTRA_CA_CERTS'])('is trusted by %s', async (by) => {
    const { url, certificate } = await withCertificate();
    await goesThrough(
      await proxyFor({
        options: { upstream: url, ...(by === 'the option' ? { ca: certificate } : {}) },
        environment: by === 'the option' ? {} : { NODE_EXTRA_CA_CERTS: certificate },
      }),
    );
  });

  it('is not trusted by anybody else: a miss and a warning that names it', async () => {
    const { url } = await withCertificate();
    const subject = await proxyFor({ options: { upstream: url } });
    expect(await subject.bytes('1')).toBeUndefined();
    expect(await subject.end()).toMatch(/ has an untrusted certificate \(DEPTH_ZERO_SELF_SIGNED_CERT; .*`ca`/);
    expect(upstream.asked).toEqual([]);
  });
});

describe('a proxy of HTTP', () => {
  it('is gone through to an address of HTTPS', async () => {
    const { url, certificate } = await withCertificate();
    const { url: between, tunnels } = await companyProxy();
    const environment = { HTTPS_PROXY: between };
    await goesThrough(await proxyFor({ options: { upstream: url, ca: certificate }, environment }));
    expect(new Set(tunnels)).toEqual(new Set([new URL(url).host]));
  });

  it('is gone through to an address of HTTP', async () => {
    const { url: between, tunnels } = await companyProxy();
    await goesThrough(await proxyFor({ options: { upstream: upstream.url }, environment: { http_proxy: between } }));
    expect(tunnels.length).toBeGreaterThan(0);
  });

  it('is not gone through where NO_PROXY names the shared cache', async () => {
    const { url: between, tunnels } = await companyProxy();
    const environment = { HTTP_PROXY: between, HTTPS_PROXY: between, NO_PROXY: '127.0.0.1' };
    await goesThrough(await proxyFor({ options: { upstream: upstream.url }, environment }));
    expect(tunnels).toEqual([]);
  });

  it('that is away is a miss and a warning', async () => {
    const environment = { HTTP_PROXY: 'http://127.0.0.1:9' };
    const subject = await proxyFor({ options: { upstream: upstream.url }, environment });
    expect(await subject.bytes('1')).toBeUndefined();
    expect(await subject.end()).toMatch(/^The shared cache at http:/);
    expect(upstream.asked).toEqual([]);
  });
});

test('several runs at once are only told of their own faults', async () => {
  const subject = await proxyFor({ options: { upstream: upstream.url, quota: '0' } });
  await Promise.all(['one', 'two'].map((run) => subject.begin(run)));
  expect(await subject.bytes('1', 'one')).toBeUndefined();
  expect(await subject.end('one')).toBeUndefined();
  upstream.fault = 500;
  expect(await subject.bytes('1', 'two')).toBeUndefined();
  expect(await subject.end('two')).toMatch(/500/);
});

test('headers of one’s own come with every request', async () => {
  const subject = await proxyFor({ options: { upstream: upstream.url, headers: { 'x-gateway': 'key' } } });
  await goesThrough(subject);
  expect(upstream.lastHeaders['x-gateway']).toBe('key');
});
