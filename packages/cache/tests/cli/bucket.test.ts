import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectories } from '../support/directories.js';
import { commandLine } from '../support/command.js';
import { faultyProxy } from '../support/faulty-proxy.js';
import { S3_ENVIRONMENT, s3Server } from '../support/s3-server.js';

const directory = temporaryDirectories();
const server = s3Server(directory);
const { run, serve } = commandLine(() => S3_ENVIRONMENT);

/** A directory with settings that name a new bucket. */
async function workplace(store: 's3' | 'layered', endpoint = server().endpoint): Promise<[string, string]> {
  const { bucket } = (await server().newBucket()).options;
  const settings = { data: 'data', tokens: 'tokens.yml', store, 's3-bucket': bucket, 's3-endpoint': endpoint };
  const lines = Object.entries({ ...settings, quota: '1GB', 'max-entry': '1MB', 'disk-quota': '1MB' });
  const cwd = directory({ 'wheelhouse-cache.yml': lines.map(([key, value]) => `${key}: ${value}\n`).join('') });
  return [cwd, bucket];
}

const newToken = (cwd: string, tier = 'trusted'): string =>
  run(cwd, 'token', 'create', '--name', tier, '--tier', tier).stdout.trim();

async function ask(url: string, token: string, hash: string, body?: string): Promise<[number, string]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
  const init = body === undefined ? { headers } : { method: 'PUT', headers, body };
  const answer = await fetch(`${url}/v1/cache/${hash}`, init);
  return [answer.status, await answer.text()];
}

describe('wheelhouse-cache with a bucket', () => {
  it('lets two servers share what is kept, and looks after it', async () => {
    const [cwd, bucket] = await workplace('s3');
    const token = newToken(cwd);
    expect(run(cwd, 'doctor')).toEqual({ exitCode: 0, stdout: 'no problems found\n', stderr: '' });
    const [one, two] = [await serve(cwd), await serve(cwd, '--data', 'other')];
    expect((await ask(one.url, token, '1', 'body 1'))[0]).toBe(200);
    expect(await ask(two.url, token, '1')).toEqual([200, 'body 1']);
    expect((await ask(two.url, token, '1', 'another'))[0]).toBe(409);
    expect((await ask(two.url, token, '2', 'body 2'))[0]).toBe(200);
    expect(await (await fetch(`${one.url}/readyz`)).text()).toBe('ready\n');
    expect(await one.logged(({ msg }) => msg === 'collected')).toMatchObject({ where: 'bucket' });
    for (const each of [one, two]) expect((await each.end()).exitCode).toBe(0);
    expect(existsSync(join(cwd, 'data', 'bodies'))).toBe(false);

    expect(run(cwd, 'stats').stdout).toMatch(
      /^default\/trusted {17}2 entries {6}12 B {2}last used .*\n2 bodies, 12 B of 1 GB\n$/,
    );
    expect(run(cwd, 'verify').stdout).toBe('2 entries, 2 bodies: 0 damaged, 0 without a body\n');
    const blobs = join(server().directory, bucket, 'blobs');
    const bodies = readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const [first] = bodies.map(({ parentPath, name }) => join(parentPath, name));
    writeFileSync(first ?? '', 'BODY X');
    expect(run(cwd, 'verify')).toMatchObject({
      exitCode: 2,
      stdout: expect.stringMatching(
        new RegExp(`^damaged: s3://${bucket}/blobs/.*\nmissing body: s3://${bucket}/entries/default/trusted/`),
      ) as string,
    });
    expect(run(cwd, 'gc', '--max-age', '1ms').stdout).toBe(
      'removed 2 old, 0 over quota, 0 unreadable: 12 B freed; 0 entries left, 0 B\n',
    );
  }, 60_000);

  it('reads from the disk before it, also while the bucket is away', async () => {
    const proxy = await faultyProxy(server().port);
    const [cwd] = await workplace('layered', proxy.url);
    const token = newToken(cwd);
    const one = await serve(cwd, '--s3-timeout', '300ms');
    expect((await ask(one.url, token, '1', 'near'))[0]).toBe(200);
    const two = await serve(cwd, '--data', 'other', '--s3-timeout', '300ms');
    expect(await ask(two.url, token, '1')).toEqual([200, 'near']);
    proxy.fault = () => 'reset';
    for (const each of [one, two]) expect(await ask(each.url, token, '1')).toEqual([200, 'near']);
    // Nx goes on at both of these.
    expect((await ask(one.url, token, '2'))[0]).toBe(404);
    expect((await ask(one.url, token, '2', 'lost'))[0]).toBe(403);
    const ready = await fetch(`${one.url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, 'the bucket cannot be used\n']);
    for (const each of [one, two]) await each.end();
    await proxy.close();
  }, 60_000);

  it('writes nothing where it is only read', async () => {
    const [cwd] = await workplace('layered');
    const token = newToken(cwd);
    const writer = await serve(cwd);
    expect((await ask(writer.url, token, '1', 'shared'))[0]).toBe(200);
    await writer.end();
    const mirror = await serve(cwd, '--data', 'mirror', '--read-only', 'true');
    expect(await ask(mirror.url, token, '1')).toEqual([200, 'shared']);
    expect(await ask(mirror.url, token, '2', 'mine')).toEqual([403, 'This cache is read-only.\n']);
    await mirror.logged(({ msg, where }) => msg === 'collected' && where === 'disk');
    expect((await mirror.end()).lines.some(({ where }) => where === 'bucket')).toBe(false);
    expect(run(cwd, 'gc', '--read-only', 'true')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: '`gc` removes entries, but `read-only` is `true`\nhint: run it on the server that writes the entries\n',
    });
    expect(run(cwd, 'verify', '--remove', '--read-only', 'true').exitCode).toBe(1);
    expect(run(cwd, 'doctor', '--read-only', 'true').stdout).toBe('no problems found\n');
  }, 60_000);

  it('says what is wrong with a bucket', async () => {
    const [cwd, bucket] = await workplace('s3');
    newToken(cwd);
    rmSync(join(server().directory, bucket), { recursive: true });
    expect(run(cwd, 'doctor').stdout).toMatch(
      new RegExp(`^wrong: the bucket \`${bucket}\` cannot be used: .+\n1 found\n$`),
    );
    expect(run(cwd, 'stats')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`the bucket \`${bucket}\` cannot be used: `) as string,
    });
  }, 60_000);
});
