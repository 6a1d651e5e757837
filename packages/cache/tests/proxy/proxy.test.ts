import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { someBytes } from '@wheelhouse/element/testing';
import { archiveOf, archiveWith } from '../support/archive.js';
import { temporaryDirectories } from '../support/directories.js';
import { FAULTS, startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream.js';
import { startProxy, type TestProxy, type TestProxyOptions } from '../support/proxy.js';
import { startServer, type TestServer } from '../support/server.js';

const directory = temporaryDirectories();
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function proxy(setting: Partial<TestProxyOptions> = {}): Promise<TestProxy> {
  const subject = await startProxy({ directory: directory(), ...setting });
  cleanUps.push(() => subject.proxy.stop('the test is over'));
  return subject;
}

async function server(): Promise<TestServer> {
  const subject = await startServer({ directory: directory() });
  cleanUps.push(() => subject.server.stop(1000));
  return subject;
}

async function faulty(): Promise<FaultyUpstream> {
  const subject = await startFaultyUpstream();
  cleanUps.push(() => subject.close());
  return subject;
}

const filesIn = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);

describe('the proxy, before the server of this package', () => {
  it('accepts an upload at once, sends it later, and serves it to another machine byte for byte', async () => {
    const upstream = await server();
    const token = upstream.tokens.main;
    const archive = await archiveWith(someBytes(3_000_000, 1));
    const first = await proxy({ options: { upstream: upstream.url }, token });
    expect(await first.bytes('1')).toBeUndefined();
    expect(await first.put('1', archive)).toBe(200);
    await first.delivered();
    const second = await proxy({ options: { upstream: upstream.url }, token });
    expect((await second.bytes('1'))?.equals(archive)).toBe(true);
    // Now it is on that machine, too.
    expect((await second.bytes('1'))?.equals(archive)).toBe(true);
    expect(upstream.outcomes()).toEqual(['GET miss', 'PUT stored', 'GET hit']);
    expect([await first.end(), await second.end()]).toEqual([undefined, undefined]);
  });

  it('sends the commit of the run that made an entry', async () => {
    const upstream = await server();
    const subject = await proxy({ options: { upstream: upstream.url }, token: upstream.tokens.main });
    const commit = 'c'.repeat(40);
    await subject.begin('r1', { commit });
    await subject.put('1', await archiveWith('x'), 'r1');
    await subject.delivered();
    expect((await upstream.store.get({ namespace: 'default/trusted', hash: '1' }))?.commit).toEqual({
      id: commit,
      vouchedBy: 'writer',
    });
  });

  it('learns from one refusal that a token only reads, and so does the next proxy', async () => {
    const upstream = await server();
    const setting = { directory: directory(), options: { upstream: upstream.url }, token: upstream.tokens.reader };
    const subject = await proxy(setting);
    for (const hash of ['1', '2', '3']) {
      await subject.put(hash, await archiveWith(hash));
      await subject.delivered();
    }
    expect(await subject.status()).toMatchObject({ readOnly: true });
    expect(await subject.end()).toBeUndefined();
    await subject.proxy.stop('the next one comes');
    const next = await proxy(setting);
    await next.put('4', await archiveWith('4'));
    await next.delivered();
    expect(upstream.outcomes()).toEqual(['PUT forbidden']);
    // It is a cache of this machine all the same.
    expect(await next.bytes('1')).toEqual(await archiveWith('1'));
    expect(await next.bytes('4')).toEqual(await archiveWith('4'));
  });

  it('takes the refusal of an entry that is too large for no more than that', async () => {
    const upstream = await startServer({ directory: directory(), limits: { maxEntryBytes: 5000 } });
    cleanUps.push(() => upstream.server.stop(1000));
    const subject = await proxy({ options: { upstream: upstream.url }, token: upstream.tokens.main });
    for (const [hash, bytes] of [
      ['1', 20_000],
      ['2', 10],
      ['3', 20_000],
    ] as const) {
      await subject.put(hash, await archiveWith(someBytes(bytes, 1)));
      await subject.delivered();
    }
    expect(upstream.outcomes()).toEqual(['PUT too-large', 'PUT stored', 'PUT too-large']);
  });

  it('gives main nothing from this machine that a pull request made', async () => {
    const upstream = await server();
    const shared = directory();
    const as = (token: string, key: string) =>
      proxy({ directory: shared, options: { upstream: upstream.url }, token, key });
    const [pr1, pr2, main] = [
      await as(upstream.tokens.pr1, 'pr1'),
      await as(upstream.tokens.pr2, 'pr2'),
      await as(upstream.tokens.main, 'main'),
    ];
    const [poison, good] = [await archiveWith('poison'), await archiveWith('good')];
    await pr1.put('1', poison);
    await pr1.delivered();
    expect([await main.bytes('1'), await pr2.bytes('1'), await pr1.bytes('1')]).toEqual([undefined, undefined, poison]);
    await main.put('1', good);
    await main.delivered();
    expect([await main.bytes('1'), await pr2.bytes('1')]).toEqual([good, good]);
  });

  it('never sends what a pull request left in the spool by the token of main', async () => {
    const shared = directory();
    const away = await faulty();
    away.fault = 500;
    const options = { upstream: away.url };
    const pull = await proxy({ directory: shared, options, token: 'pull-request', key: 'a' });
    await pull.put('1', await archiveWith('poison'));
    await sleep(300);
    await pull.proxy.stop('killed');
    away.fault = 'none';
    const main = await proxy({ directory: shared, options, token: 'main', key: 'b' });
    await main.bytes('2');
    await sleep(300);
    expect(away.entries.size).toBe(0);
    const again = await proxy({
      directory: shared,
      options: { ...options, idle: '10m' },
      token: 'pull-request',
      key: 'c',
    });
    await again.delivered();
    expect(away.entries.size).toBe(1);
  });
});

describe('the proxy, before a cache that is out of order', () => {
  it.each(FAULTS)(
    'responds with a miss and accepts uploads while it is "%s", and warns once per run',
    async (fault) => {
      const upstream = await faulty();
      const subject = await proxy({ options: { upstream: upstream.url, timeout: '300ms' }, token: 'secret' });
      upstream.entries.set('there', await archiveWith('x'));
      upstream.fault = fault;
      const archive = await archiveWith('mine');
      expect(await subject.bytes('there')).toBeUndefined();
      for (const hash of ['1', '2']) expect(await subject.put(hash, archive)).toBe(200);
      const warning = await subject.end('run', { tasks: [], waitMs: 300 });
      expect(warning).toMatch(
        /^The shared cache at http:\S+ .+\. The run continued without it for (?:\d downloads?)?(?: and )?(?:\d uploads?)?\.(?: \d uploads? will be sent later\.)?$/,
      );
      expect(await subject.end('another-run', { tasks: [], waitMs: 0 })).toBeUndefined();
      // What it handed over is on this machine, and is sent when the cache is well again.
      expect(await subject.bytes('1')).toEqual(archive);
      if (fault === 'frozen' || fault === 403) return;
      upstream.fault = 'none';
      const until = Date.now() + 20_000;
      while (!(upstream.entries.has('1') && upstream.entries.has('2')) && Date.now() < until) await sleep(50);
      expect([upstream.entries.get('1'), upstream.entries.get('2')]).toEqual([archive, archive]);
    },
    40_000,
  );

  it('says what is wrong', async () => {
    const upstream = await faulty();
    upstream.fault = 401;
    const subject = await proxy({ options: { upstream: upstream.url } });
    await subject.bytes('1');
    await subject.bytes('2');
    expect(await subject.end()).toBe(
      `The shared cache at ${upstream.url} does not accept the token (401: it is 401). The run continued without it for 2 downloads.`,
    );
    expect(upstream.asked).toEqual(['GET 1']);
  });

  it('asks one that cannot be reached once, and not for every task', async () => {
    const upstream = await faulty();
    upstream.fault = 'frozen';
    const subject = await proxy({ options: { upstream: upstream.url, timeout: '500ms' } });
    const since = performance.now();
    for (let hash = 0; hash < 50; hash++) expect(await subject.bytes(String(hash))).toBeUndefined();
    expect(performance.now() - since).toBeLessThan(4000);
    expect(upstream.asked).toEqual(['GET 0']);
    await upstream.close();
    const gone = await proxy({ options: { upstream: upstream.url } });
    expect(await gone.bytes('1')).toBeUndefined();
    expect(await gone.end()).toContain('cannot be reached (ECONNREFUSED)');
  });

  it('continues after single bad responses', async () => {
    const upstream = await faulty();
    const subject = await proxy({ options: { upstream: upstream.url } });
    const good = await archiveWith('good');
    upstream.entries.set('evil', await archiveOf({ name: 'link', type: 'symlink', linkname: '/etc' }));
    upstream.entries.set('good', good);
    expect([await subject.bytes('evil'), await subject.bytes('good')]).toEqual([undefined, good]);
    expect(await subject.end()).toContain(
      'sent an invalid entry: its archive contains the link `link` to `/etc`, which points outside the archive.',
    );
  });
});

describe('uploads', () => {
  it('are sent by the next proxy, where one ended before', async () => {
    const upstream = await faulty();
    const setting = { directory: directory(), options: { upstream: upstream.url, timeout: '200ms' }, token: 'secret' };
    const subject = await proxy(setting);
    upstream.fault = 502;
    const archives = await Promise.all(['a', 'b', 'c'].map(archiveWith));
    for (const [index, archive] of archives.entries()) await subject.put(String(index), archive);
    await subject.proxy.stop('ended');
    upstream.fault = 'none';
    const next = await proxy({ ...setting, key: 'with other options' });
    await next.delivered();
    expect([...upstream.entries].sort()).toEqual(archives.map((archive, index) => [String(index), archive]));
    expect(
      filesIn(join(setting.directory, 'uploads')).flatMap((each) => filesIn(join(setting.directory, 'uploads', each))),
    ).toEqual([]);
  });

  it('of archives that no proxy would let through are not sent', async () => {
    const upstream = await faulty();
    const subject = await proxy({ options: { upstream: upstream.url } });
    expect(
      await subject.put('1', await archiveOf({ name: 'venv/python', type: 'symlink', linkname: '/usr/bin/python3' })),
    ).toBe(200);
    await subject.delivered();
    expect([upstream.asked, await subject.end()]).toEqual([[], undefined]);
  });

  it('keep within a quota, and are answered 200 all the same', async () => {
    const upstream = await faulty();
    upstream.fault = 'frozen';
    const where = directory();
    const subject = await proxy({ directory: where, options: { upstream: upstream.url, spoolQuota: '50KB' } });
    for (const hash of ['1', '2', '3'])
      expect(await subject.put(hash, await archiveWith(someBytes(20_000, Number(hash))))).toBe(200);
    expect(await subject.status()).toMatchObject({ pendingUploads: 2 });
  });

  it('are not made where an option says so', async () => {
    const upstream = await faulty();
    const subject = await proxy({ options: { upstream: upstream.url, readOnly: true, quota: '0' } });
    expect(await subject.put('1', await archiveWith('x'))).toBe(200);
    expect([await subject.bytes('1'), upstream.asked]).toEqual([undefined, ['GET 1']]);
  });
});

describe('the statistics of a run', () => {
  const task = (hash: string) => ({ hash, project: 'app', target: 'build', durationMs: 1200 });

  it('are sent for what was executed and is in the shared cache', async () => {
    const upstream = await faulty();
    const subject = await proxy({ options: { upstream: upstream.url } });
    upstream.entries.set('2', Buffer.from('of another run'));
    for (const hash of ['1', '2']) await subject.put(hash, await archiveWith(hash));
    await subject.end('run', { tasks: [task('1'), task('2'), task('3'), { hash: 4 }], waitMs: 2000 });
    expect(upstream.reports).toEqual([{ tasks: [task('1')] }]);
  });

  it.each([404, 403])('are not sent again to a cache that responds with %d', async (status) => {
    const upstream = await server();
    const spy = await faulty();
    const subject = await proxy({ options: { upstream: spy.url } });
    for (const hash of ['1', '2', '3']) {
      await subject.put(hash, await archiveWith(hash), hash);
      await subject.delivered();
      spy.fault = status === 404 ? 'full' : 403;
      await subject.end(hash, { tasks: [task(hash)], waitMs: 1000 });
      spy.fault = 'none';
    }
    expect(spy.asked.filter((each) => each.startsWith('POST'))).toEqual(['POST runs']);
    expect(upstream.outcomes()).toEqual([]);
  });
});

describe('without a shared cache the proxy', () => {
  it('is a cache of this machine, with a quota', async () => {
    const setting = { directory: directory(), options: { quota: '100KB' } };
    const subject = await proxy(setting);
    for (let hash = 0; hash < 8; hash++) {
      await subject.put(String(hash), await archiveWith(someBytes(20_000, hash)));
      await subject.delivered();
    }
    expect(await subject.bytes('0')).toBeUndefined();
    expect(await subject.bytes('7')).toEqual(await archiveWith(someBytes(20_000, 7)));
    expect(await subject.end()).toBeUndefined();
    await subject.proxy.stop('ended');
    expect(await (await proxy(setting)).bytes('7')).toEqual(await archiveWith(someBytes(20_000, 7)));
  });

  it('gives nothing that the disk has damaged, and takes it anew', async () => {
    const where = directory();
    const subject = await proxy({ directory: where });
    const archive = await archiveWith(someBytes(50_000, 3));
    await subject.put('1', archive);
    await subject.delivered();
    const bodies = join(where, 'local', 'bodies');
    const [prefix = ''] = readdirSync(bodies);
    const path = join(bodies, prefix, readdirSync(join(bodies, prefix))[0] ?? '');
    writeFileSync(path, Buffer.alloc(statSync(path).size));
    expect(await subject.bytes('1')).toBeUndefined();
    await subject.put('1', archive);
    await subject.delivered();
    expect(await subject.bytes('1')).toEqual(archive);
  });
});

describe('the proxy itself', () => {
  it('serves only who has its secret, which others of this machine cannot read', async () => {
    const where = directory();
    const subject = await proxy({ directory: where });
    for (const authorization of [undefined, 'Bearer x', `Bearer ${'x'.repeat(subject.record.secret.length)}`]) {
      const headers = authorization === undefined ? {} : { authorization };
      const response = await fetch(`${subject.record.url}/runs/r/v1/cache/1`, { headers });
      expect([response.status, response.headers.get('content-type')]).toEqual([401, 'text/plain']);
    }
    const file = join(where, 'proxies', 'test.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(subject.record);
    expect([statSync(file).mode & 0o777, statSync(join(where, 'proxies')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(new URL(subject.record.url).hostname).toBe('127.0.0.1');
  });

  it('exits when it has been idle for a while, and only then', async () => {
    const where = directory();
    const subject = await proxy({ directory: where, options: { idle: '200ms' } });
    await subject.begin('r', { pid: process.pid });
    await sleep(600);
    expect(existsSync(join(where, 'proxies', 'test.json'))).toBe(true);
    await subject.end('r');
    await subject.proxy.ended;
    expect(existsSync(join(where, 'proxies', 'test.json'))).toBe(false);
    await expect(subject.status()).rejects.toThrow();
  });

  it('writes no secret into its log', async () => {
    const where = directory();
    const upstream = await faulty();
    const subject = await proxy({
      directory: where,
      token: 'very-secret-token',
      options: { upstream: upstream.url, headers: { 'x-key': 'very-secret-header' } },
    });
    await subject.put('1', await archiveWith('x'));
    await subject.delivered();
    await subject.bytes('2');
    expect(upstream.lastHeaders).toMatchObject({
      authorization: 'Bearer very-secret-token',
      'x-key': 'very-secret-header',
    });
    const log = readFileSync(join(where, 'proxies', 'test.log'), 'utf8');
    expect(log).toContain('"PUT"');
    expect(log).not.toContain('very-secret');
    expect(log).not.toContain(subject.record.secret);
  });

  it('reads a token from a file again when it has changed', async () => {
    const workspace = directory({ token: 'first\n' });
    const upstream = await faulty();
    const subject = await proxy({ workspace, options: { upstream: upstream.url, tokenFile: 'token' } });
    await subject.bytes('1');
    expect(upstream.lastHeaders.authorization).toBe('Bearer first');
    writeFileSync(join(workspace, 'token'), 'the second one\n');
    await subject.bytes('2');
    expect(upstream.lastHeaders.authorization).toBe('Bearer the second one');
  });
});
