import { temporaryDirectories } from '../support/directories.js';
import { commandLine } from '../support/command.js';
import { type IssuerKey, newKey, sign, startIssuer, type TestIssuer } from '../support/oidc-issuer.js';

const directory = temporaryDirectories();
const { run, serve } = commandLine();

let key: IssuerKey;
let issuer: TestIssuer;
beforeAll(async () => {
  key = await newKey('1');
  issuer = await startIssuer([key]);
});
afterAll(async () => {
  await issuer.close();
});

const MAIN = { repository: 'org/shop', ref: 'refs/heads/main', event_name: 'push', sub: 'repo:org/shop:main' };
const PULL = { ...MAIN, ref: 'refs/pull/12/merge', event_name: 'pull_request', sub: 'repo:org/shop:pull_request' };

function workplace(): string {
  const preset = `  issuer: ${issuer.url}\n  audience: cache\n  repository: org/shop\n`;
  return directory({ 'wheelhouse-cache.yml': `data: data\nmax-entry: 1MB\noidc:\n- preset: github\n${preset}` });
}

async function ask(url: string, token: string, hash: string, body?: string): Promise<[number, string]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
  const init = body === undefined ? { headers } : { method: 'PUT', headers, body };
  const answer = await fetch(`${url}/v1/cache/${hash}`, init);
  return [answer.status, await answer.text()];
}

describe('wheelhouse-cache with tokens of an issuer', () => {
  it('keeps what a pull request wrote first from main (CREEP), whatever else its token claims', async () => {
    const server = await serve(workplace());
    const token = (claims: object): Promise<string> => sign(key, { iss: issuer.url, aud: 'cache', ...claims });
    const [main, pull] = await Promise.all([token(MAIN), token(PULL)]);
    expect((await ask(server.url, pull, '1', 'poison'))[0]).toBe(200);
    expect((await ask(server.url, main, '1'))[0]).toBe(404);
    expect((await ask(server.url, main, '1', 'sound'))[0]).toBe(200);
    expect(await ask(server.url, main, '1')).toEqual([200, 'sound']);
    expect(await ask(server.url, pull, '1')).toEqual([200, 'sound']);
    for (const claims of [
      { ...MAIN, event_name: 'pull_request_target' },
      { ...MAIN, event_name: 'pull_request' },
      { ...MAIN, ref: 'refs/heads/other' },
    ]) {
      const other = await token(claims);
      expect(await ask(server.url, other, '1')).toEqual([200, 'sound']);
      expect((await ask(server.url, other, '2', 'poison'))[0]).toBe(403);
    }
    expect((await ask(server.url, await token({ ...MAIN, repository: 'fork/shop' }), '1'))[0]).toBe(401);
    expect((await ask(server.url, 'whc_no.such.token', '1'))[0]).toBe(401);
    const { lines } = await server.end();
    const refusal = lines.find(({ msg }) => msg === 'an OpenID Connect token was refused');
    expect(refusal).toMatchObject({ issuer: issuer.url, reason: 'no rule matches repo:org/shop:main' });
    expect(JSON.stringify(lines)).not.toContain(main.split('.')[2]);
  }, 60_000);

  it('lets builds go on while the issuer is away, and takes tokens of the file beside', async () => {
    const cwd = workplace();
    const own = run(
      cwd,
      'token',
      'create',
      '--tokens',
      'tokens.yml',
      '--name',
      'ci',
      '--tier',
      'trusted',
    ).stdout.trim();
    issuer.mode = 'down';
    const server = await serve(cwd, '--tokens', 'tokens.yml');
    const main = await sign(key, { iss: issuer.url, aud: 'cache', ...MAIN });
    expect((await ask(server.url, main, '1'))[0]).toBe(404);
    expect((await ask(server.url, main, '1', 'x'))[0]).toBe(403);
    expect((await ask(server.url, own, '1', 'x'))[0]).toBe(200);
    issuer.mode = 'well';
    await server.end();
  }, 60_000);

  it('says what is wrong with an issuer', () => {
    const provider = '  issuer: http://localhost:1\n  audience: cache\n  repository: org/shop\n';
    const cwd = directory({
      'wheelhouse-cache.yml': `data: data\nmax-entry: 1MB\noidc:\n- preset: github\n${provider}`,
    });
    const { exitCode, stdout } = run(cwd, 'doctor', '--quota', '1MB');
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^wrong: cannot get the keys of http:\/\/localhost:1: .+\n1 found\n$/);
  });
});
