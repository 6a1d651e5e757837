import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { temporaryDirectories } from '../support/directories.js';
import { commandLine } from '../support/command.js';

const directory = temporaryDirectories();
const { run, serve } = commandLine();

describe('wheelhouse-cache', () => {
  it('serves with its settings, accepts new tokens at once, and exits on SIGTERM', async () => {
    const cwd = directory({ 'wheelhouse-cache.yml': 'data: data\ntokens: tokens.yml\nmax-entry: 1MB\n' });
    const token = run(cwd, 'token', 'create', '--name', 'ci-main', '--tier', 'trusted');
    expect(token).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^whc_\w+[\w-]+\n$/) as string, stderr: '' });

    const server = await serve(cwd);
    const ask = async (method: string, secret: string, body?: string): Promise<number> => {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream' };
      return (await fetch(`${server.url}/v1/cache/1`, { method, headers, ...(body === undefined ? {} : { body }) }))
        .status;
    };
    const main = token.stdout.trim();
    expect([await ask('PUT', main, 'x'), await ask('GET', main)]).toEqual([200, 200]);
    const pull = run(cwd, 'token', 'create', '--name', 'pr', '--tier', 'pr:7', '--expires-in', '1d').stdout.trim();
    expect([await ask('GET', pull), await ask('PUT', pull, 'y')]).toEqual([200, 409]);
    expect(run(cwd, 'token', 'revoke', '--name', 'pr').exitCode).toBe(0);
    expect(await ask('GET', pull)).toBe(401);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

    const tomorrow = /\d{4}-\d\d-\d\d/.source;
    expect(run(cwd, 'token', 'list').stdout).toMatch(
      new RegExp(
        `^NAME     TIER     WORKSPACE  CREATED     STATE\\n` +
          `ci-main  trusted  default    ${tomorrow}  valid\\npr       pr:7     default    ${tomorrow}  revoked ${tomorrow}\\n$`,
      ),
    );
    expect(run(cwd, 'stats').stdout).toMatch(
      /^default\/trusted {17}1 entries {7}1 B {2}last used .*\n1 bodies, 1 B of 20 GB\n$/,
    );
    const { exitCode, lines } = await server.end();
    expect(exitCode).toBe(0);
    expect(
      lines.map(({ msg, outcome }) => outcome ?? msg).filter((what) => !String(what).includes('listening')),
    ).toEqual(['serving', 'collected', 'stored', 'hit', 'hit', 'present', 'unauthenticated', 'ending']);
  }, 60_000);

  it('speaks HTTPS', async () => {
    const cwd = directory();
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=localhost',
        '-days',
        '2',
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
      ],
      { cwd, stdio: 'ignore' },
    );
    run(cwd, 'token', 'create', '--tokens', 't', '--name', 'a', '--tier', 'admin');
    const server = await serve(
      cwd,
      '--data',
      'd',
      '--tokens',
      't',
      '--tls-certificate',
      'cert.pem',
      '--tls-key',
      'key.pem',
    );
    expect(server.url).toMatch(/^https:/);
    const ca = readFileSync(join(cwd, 'cert.pem'));
    const status = await new Promise((resolve, reject) => {
      request(`${server.url}/healthz`, { ca, checkServerIdentity: () => undefined, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    expect((await server.end()).exitCode).toBe(0);
  }, 60_000);

  it('finds what was damaged, and removes it when asked', async () => {
    const cwd = directory({ 'wheelhouse-cache.yml': 'data: data\ntokens: tokens.yml\n' });
    const token = run(cwd, 'token', 'create', '--name', 'ci', '--tier', 'trusted').stdout.trim();
    const server = await serve(cwd);
    for (const hash of ['1', '2']) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
      await fetch(`${server.url}/v1/cache/${hash}`, { method: 'PUT', headers, body: `body ${hash}` });
    }
    await server.end();
    expect(run(cwd, 'verify')).toMatchObject({
      exitCode: 0,
      stdout: '2 entries, 2 bodies: 0 damaged, 0 without a body\n',
    });
    const bodies = join(cwd, 'data', 'bodies');
    const [body = ''] = readdirSync(bodies, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => readFileSync(path, 'utf8') === 'body 1');
    writeFileSync(body, 'BODY 1');
    const record = join(cwd, 'data', 'entries', 'default', 'trusted', '1.json');
    const found = `damaged: ${body}\nmissing body: ${record}\n`;
    expect(run(cwd, 'verify')).toMatchObject({
      exitCode: 2,
      stdout: `${found}2 entries, 2 bodies: 1 damaged, 1 without a body\n`,
    });
    expect(run(cwd, 'verify', '--remove').stdout).toBe(
      `${found}2 entries, 2 bodies: 1 damaged, 1 without a body, removed\n`,
    );
    expect(run(cwd, 'verify').stdout).toBe('1 entries, 1 bodies: 0 damaged, 0 without a body\n');
    expect(run(cwd, 'gc', '--max-age', '1ms').stdout).toBe(
      'removed 1 old, 0 over quota, 0 unreadable: 6 B freed; 0 entries left, 0 B\n',
    );
  }, 60_000);

  it('says what is wrong with a machine', () => {
    const cwd = directory({ 'wheelhouse-cache.yml': 'data: data\ntokens: tokens.yml\n' });
    expect(run(cwd, 'doctor')).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining(
        `wrong: cannot read the tokens in \`${join(cwd, 'tokens.yml')}\`: ENOENT`,
      ) as string,
    });
    run(cwd, 'token', 'create', '--name', 'ci', '--tier', 'trusted');
    expect(run(cwd, 'doctor', '--quota', '1MB')).toEqual({ exitCode: 0, stdout: 'no problems found\n', stderr: '' });
    chmodSync(join(cwd, 'tokens.yml'), 0o666);
    run(cwd, 'token', 'revoke', '--name', 'ci');
    expect(run(cwd, 'doctor', '--quota', '1000TB').stdout).toMatch(
      new RegExp(
        `^wrong: there is no valid token in .*\nwrong: anyone on this machine can write to .*\n` +
          '(wrong: the disk has no room for an entry of the maximum size\n)?' +
          'wrong: the quota is 1000 TB, but the disk has only .* in total\n[34] found\n$',
      ),
    );
  }, 60_000);

  it.each<[string, string[], string]>([
    ['no command', [], 'wheelhouse-cache: no command given'],
    ['a command that does not exist', ['start'], 'wheelhouse-cache: unknown command `start`'],
    ['an option that does not exist', ['serve', '--fast'], "wheelhouse-cache serve: Unknown option '--fast'"],
    ['no data', ['serve', '--tokens', 't'], '`data` is not set'],
    ['no tokens', ['token', 'list'], '`tokens` is not set'],
    [
      'no tier',
      ['token', 'create', '--tokens', 't', '--name', 'x'],
      'wheelhouse-cache token: `create` requires --tier',
    ],
    [
      'a tier that does not exist',
      ['token', 'create', '--tokens', 't', '--name', 'x', '--tier', 'root'],
      'wheelhouse-cache token: unknown tier `root`; it must be `trusted`, `pr:<number>`, `read` or `admin`',
    ],
    [
      'an option of another action',
      ['token', 'revoke', '--tokens', 't', '--name', 'x', '--tier', 'read'],
      'wheelhouse-cache token: `revoke` has no option --tier',
    ],
    ['data that are not there', ['stats', '--data', 'none'], 'none` is not a directory'],
  ])('ends with 1 on %s', (_what, argv, text) => {
    const { exitCode, stdout, stderr } = run(directory(), ...argv);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(text);
    expect(stderr).toContain('\nhint: ');
  });

  it('says how each command is used', () => {
    const cwd = directory();
    for (const name of ['serve', 'token', 'stats', 'gc', 'verify', 'doctor']) {
      expect(run(cwd, name, '--help').stdout).toContain(`wheelhouse-cache ${name} `);
    }
    expect(run(cwd, '--version').stdout).toBe('0.1.0\n');
  }, 60_000);
});
