import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { someBytes } from '@wheelhouse/element/testing';
import { temporaryDirectories } from '../support/directories.js';
import { typescript } from '../support/process.js';
import { runOnSmallDisk } from '../support/small-disk.js';
import { head, rawConnection, startServer, type TestServer } from '../support/server.js';

const directory = temporaryDirectories();
let server: TestServer;
let authorization: string;

beforeAll(async () => {
  server = await startServer({ directory: directory(), limits: { maxEntryBytes: 1_000_000 } });
  authorization = `authorization: Bearer ${server.tokens.main}`;
});

afterAll(async () => {
  await server.server.stop(1000);
});

function temporaryFiles(of: TestServer): string[] {
  return existsSync(of.store.layout.temporary) ? readdirSync(of.store.layout.temporary) : [];
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !holds(); round++) await sleep(25);
  expect(holds()).toBe(true);
}

const upload = (hash: string, length: number | string): string =>
  head('PUT', `/v1/cache/${hash}`, [
    authorization,
    `content-length: ${length}`,
    'content-type: application/octet-stream',
  ]);

describe('lengths', () => {
  it.each([1000, 100_000])('publishes nothing of an upload of %i bytes that ends too soon', async (size) => {
    const isAborted = (outcome: string): boolean => outcome === 'PUT aborted';
    const before = server.outcomes().filter(isAborted).length;
    for (const end of ['end', 'destroy', 'resetAndDestroy'] as const) {
      const connection = rawConnection(server.port);
      connection.send(upload('short', size) + 'x'.repeat(size - 1));
      await eventually(() => server.spool.reservedBytes === size);
      connection.socket[end]();
      await connection.closed;
      await eventually(() => server.spool.reservedBytes === 0);
      expect(temporaryFiles(server)).toEqual([]);
      expect((await server.get('short')).status).toBe(404);
    }
    await eventually(() => server.outcomes().filter(isAborted).length === before + 3);
  });

  it('takes what follows a body for another request, and refuses that', async () => {
    const connection = rawConnection(server.port);
    connection.send(upload('long', 5) + 'x'.repeat(10));
    expect(await connection.closed).toMatch(/HTTP\/1\.1 400 /);
    // Whether the refusal overtakes the storing is chance; that more is stored than was declared is not possible.
    const response = await server.get('long');
    expect(response.status === 404 ? 'nothing' : await response.text()).toMatch(/^(nothing|xxxxx)$/);
  });

  it('answers 411 to an upload without a length, whether in chunks or not', async () => {
    const chunked = rawConnection(server.port);
    chunked.send(
      head('PUT', '/v1/cache/chunked', [authorization, 'transfer-encoding: chunked']) + '1\r\nx\r\n0\r\n\r\n',
    );
    expect(await chunked.answered(/\n\n?$/)).toMatch(/^HTTP\/1\.1 411 /);
    chunked.socket.destroy();
    const without = rawConnection(server.port);
    without.send(head('PUT', '/v1/cache/none', [authorization]));
    expect(await without.answered(/Content-Length\.\n$/)).toMatch(/^HTTP\/1\.1 411 /);
    without.socket.destroy();
    for (const hash of ['chunked', 'none']) expect((await server.get(hash)).status).toBe(404);
  });

  it('answers 403 to one that is too large, and lets the client send it to its end', async () => {
    expect((await server.put('large', someBytes(1_000_001, 1))).status).toBe(403);
    expect((await server.put('limit', someBytes(1_000_000, 1))).status).toBe(200);
    expect((await server.get('large')).status).toBe(404);
  });

  it('closes the connection of a client that keeps sending far too much', async () => {
    const connection = rawConnection(server.port);
    connection.send(upload('huge', '999999999999999'));
    expect(await connection.answered(/\n$/)).toMatch(/^HTTP\/1\.1 403 /);
    const piece = Buffer.alloc(100_000);
    const timer = setInterval(() => {
      connection.send(piece);
    }, 5);
    await connection.closed;
    clearInterval(timer);
    expect(connection.socket.bytesWritten).toBeLessThan(20_000_000);
  });

  it('closes the connection of an unknown client after a megabyte', async () => {
    const connection = rawConnection(server.port);
    connection.send(head('PUT', '/v1/cache/1', ['content-length: 900000000']));
    expect(await connection.answered(/\n$/)).toMatch(/^HTTP\/1\.1 401 /);
    connection.send(Buffer.alloc(2_000_000));
    await connection.closed;
  });

  it.each(['-1', '+5', '5, 5', '0x5', '1e1', '5 5', '99999999999999999999999999', ''])(
    'refuses the length `%s`',
    async (length) => {
      const connection = rawConnection(server.port);
      connection.send(upload('odd-length', length) + 'xxxxx');
      connection.socket.end();
      expect(await connection.closed).toMatch(/^HTTP\/1\.1 (400|411|403) |^$/);
      expect((await server.get('odd-length')).status).toBe(404);
    },
  );

  it('refuses more than there is room for, and lets the client send it to its end', async () => {
    const mine = await startServer({ directory: directory(), retention: { quotaBytes: 10_000 }, spoolBytes: 50_000 });
    const [quota, spool] = [await mine.put('1', someBytes(10_001, 1)), await mine.put('2', someBytes(50_001, 1))];
    expect([quota.status, spool.status]).toEqual([403, 403]);
    expect(await quota.text()).toBe('This cache has no room for the entry.\n');
    expect(mine.outcomes()).toEqual(['PUT too-large', 'PUT too-large']);
    await mine.server.stop(1000);
  });
});

describe('smuggling', () => {
  it.each<[string, string[]]>([
    ['two lengths', ['content-length: 5', 'content-length: 6']],
    ['a length and chunks', ['content-length: 5', 'transfer-encoding: chunked']],
    ['an unknown transfer coding', ['transfer-encoding: xchunked', 'content-length: 5']],
    ['chunks twice', ['transfer-encoding: chunked, chunked']],
    ['a name with a space before its colon', ['content-length : 5']],
    ['a folded line', ['x: a', ' content-length: 5']],
    ['a bare line feed', ['x: a\ncontent-length: 5']],
    ['a NUL', ['x: a\0b', 'content-length: 5']],
  ])('is refused by %s, and what is behind it is not looked at', async (_what, lines) => {
    const before = server.outcomes().length;
    const hidden = head('PUT', '/v1/cache/hidden', [authorization, 'content-length: 6']) + 'poison';
    const connection = rawConnection(server.port);
    connection.send(head('PUT', '/v1/cache/visible', [authorization, ...lines]) + `0\r\n\r\n${hidden}`);
    connection.socket.end();
    const text = await connection.closed;
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text).not.toContain(' 200 ');
    expect((await server.get('hidden')).status).toBe(404);
    expect((await server.get('visible')).status).toBe(404);
    expect(server.outcomes().slice(before)).not.toContain('PUT stored');
  });

  it('identifies no client by two tokens', async () => {
    const connection = rawConnection(server.port);
    connection.send(head('GET', '/v1/cache/1', [authorization, `authorization: Bearer ${server.tokens.pr1}`]));
    expect(await connection.answered(/\n$/)).toMatch(/^HTTP\/1\.1 401 /);
    connection.socket.destroy();
  });

  it('refuses heads that are too large', async () => {
    const connection = rawConnection(server.port);
    connection.send(head('GET', '/v1/cache/1', [authorization, `x: ${'x'.repeat(20_000)}`]));
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('paths', () => {
  it.each([
    '/v1/cache/../../../etc/passwd',
    '/v1/cache/..%2f..%2f..%2fetc%2fpasswd',
    '/v1/cache/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/v1/cache/..%5c..%5cetc',
    '/v1/cache/%00',
    '/v1/cache/a%00b',
    '/v1/cache/..',
    '/v1/cache/.',
    '/v1/cache/%2e',
    '/v1/cache/a.json',
    '/v1/cache/%252e%252e%252f',
    '/v1/cache/%c0%ae%c0%ae%c0%af',
    '/v1/cache/%zz',
    '/v1/cache//1',
    '/v1/cache/trusted%2f1',
    `/v1/cache/${'1'.repeat(129)}`,
    `/v1/cache/${'1'.repeat(9000)}`,
    'http://elsewhere/v1/cache/../x',
    '//elsewhere/v1/cache/1%2f2',
    '/v1/cache/caf%C3%A9',
  ])('makes nothing of %s', async (path) => {
    for (const [method, lines, body] of [
      ['GET', [], ''],
      ['PUT', ['content-length: 6'], 'poison'],
    ] as const) {
      const connection = rawConnection(server.port);
      connection.send(head(method, path, [authorization, ...lines]) + body);
      expect(await connection.answered(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 (400|404|414) /);
      connection.socket.destroy();
    }
  });
});

describe('slow clients', () => {
  let mine: TestServer;

  beforeAll(async () => {
    mine = await startServer({
      directory: directory(),
      limits: {
        headTimeoutMs: 1000,
        transferTimeoutMs: 4000,
        idleTimeoutMs: 1500,
        pace: { windowMs: 500, minBytes: 1000 },
        maxConnections: 8,
      },
    });
  });

  afterAll(async () => {
    await mine.server.stop(100);
  });

  const mineUpload = (length: number): string =>
    head('PUT', '/v1/cache/slow', [`authorization: Bearer ${mine.tokens.main}`, `content-length: ${length}`]);

  it('are ended when they send their head a byte at a time', async () => {
    const connection = rawConnection(mine.port);
    const timer = setInterval(() => {
      connection.send('x');
    }, 50);
    connection.send('GET /');
    const started = performance.now();
    await connection.closed;
    clearInterval(timer);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('are ended when they send a body a byte at a time', async () => {
    const connection = rawConnection(mine.port);
    connection.send(mineUpload(1_000_000));
    const timer = setInterval(() => {
      connection.send('x');
    }, 50);
    const started = performance.now();
    await connection.closed;
    clearInterval(timer);
    expect(performance.now() - started).toBeLessThan(3000);
    await eventually(() => temporaryFiles(mine).length === 0 && mine.spool.reservedBytes === 0);
    expect((await mine.get('slow')).status).toBe(404);
  });

  it('are ended when they stop in the middle of a body', async () => {
    const connection = rawConnection(mine.port);
    connection.send(mineUpload(1_000_000) + 'x'.repeat(500_000));
    await connection.closed;
    await eventually(() => temporaryFiles(mine).length === 0);
  });

  it('are ended when they do not take what they asked for', async () => {
    await mine.put('wanted', someBytes(50_000_000, 1));
    const connection = rawConnection(mine.port);
    connection.send(head('GET', '/v1/cache/wanted', [`authorization: Bearer ${mine.tokens.main}`]));
    await connection.answered(/^HTTP\/1\.1 200 /);
    connection.socket.pause();
    await eventually(() => mine.outcomes().includes('GET aborted'));
    connection.socket.destroy();
  });

  it('are not all let in, and those that are let in leave room after a while', async () => {
    const idle = Array.from({ length: 12 }, () => rawConnection(mine.port));
    const started = performance.now();
    await Promise.all(idle.map(({ closed }) => closed));
    expect(performance.now() - started).toBeLessThan(5000);
    expect((await mine.get('none')).status).toBe(404);
  });
});

describe('ending', () => {
  it('lets what is under way end, takes nothing new, and breaks off what takes too long', async () => {
    const mine = await startServer({ directory: directory() });
    const lines = [`authorization: Bearer ${mine.tokens.main}`, 'content-length: 1000'];
    const [patient, stuck, idle] = [rawConnection(mine.port), rawConnection(mine.port), rawConnection(mine.port)];
    for (const [connection, hash] of [
      [patient, 'patient'],
      [stuck, 'stuck'],
    ] as const) {
      connection.send(head('PUT', `/v1/cache/${hash}`, lines) + 'x'.repeat(500));
    }
    idle.send(head('GET', '/healthz', []));
    await idle.answered(/ok\n$/);
    await eventually(() => mine.spool.reservedBytes === 2000);
    const stopped = mine.server.stop(1500);
    await idle.closed;
    await expect(fetch(`${mine.url}/healthz`)).rejects.toThrow('fetch failed');
    patient.send('x'.repeat(500));
    expect(await patient.closed).toMatch(/^HTTP\/1\.1 200 /);
    expect(await stuck.closed).toBe('');
    await stopped;
    expect(await mine.store.get({ namespace: 'default/trusted', hash: 'patient' })).toBeDefined();
    expect(await mine.store.get({ namespace: 'default/trusted', hash: 'stuck' })).toBeUndefined();
    await eventually(() => temporaryFiles(mine).length === 0);
  });
});

describe('memory', () => {
  it('does not grow with a body of 50 MB, nor with eight at a time', async () => {
    const [program, ...args] = typescript('server-process.ts', directory());
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { url, token } = JSON.parse(line) as { url: string; token: string };
    const peakOf = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
    const transfer = async (hash: string, bytes: Uint8Array): Promise<void> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
      const { status } = await fetch(`${url}/v1/cache/${hash}`, { method: 'PUT', headers, body: Buffer.from(bytes) });
      expect(status).toBe(200);
      const response = await fetch(`${url}/v1/cache/${hash}`, { headers });
      expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), bytes)).toBe(0);
    };
    for (let index = 0; index < 20; index++) await transfer(`small-${index}`, someBytes(1000, index));
    const before = peakOf();
    await transfer('one', someBytes(50_000_000, 1));
    const afterOne = peakOf();
    await Promise.all(Array.from({ length: 8 }, (_, index) => transfer(`many-${index}`, someBytes(50_000_000, index))));
    const afterMany = peakOf();
    child.stdin.end();
    await once(child, 'close');
    expect(afterOne - before).toBeLessThan(40_000);
    expect(afterMany).toBeLessThan(200_000);
  }, 120_000);
});

describe('a disk that is full', () => {
  it('makes uploads refused and leaves what is there served', () => {
    expect(runOnSmallDisk('full-disk.ts', directory(), '4m')).toEqual({
      small: 200,
      large: [403, 'store'],
      again: 200,
      served: 'small',
      left: [],
    });
  }, 60_000);
});
