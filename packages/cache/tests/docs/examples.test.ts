import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readProxyOptions, readSettings, readSettingsFile } from '@wheelhouse/cache/internal';
import { parse } from 'yaml';
import { temporaryDirectories } from '../support/directories.js';
import { type Example, examples } from '../support/guides.js';

const run = promisify(execFile);
const directory = temporaryDirectories();
const all = examples();

/** The examples of a file in a guide, as YAML has them. */
function filesOf(guide: string, file: string): Record<string, unknown>[] {
  return all
    .filter((example) => example.guide === guide && example.file === file)
    .map(({ text }) => parse(text) as Record<string, unknown>);
}

const named = (examplesOf: readonly Example[]): [string, string][] =>
  examplesOf.map(({ guide, file, text }, index) => [`${guide} ${file ?? String(index)}`, text]);

it.each(named(all.filter(({ language }) => language === 'yaml')))('is YAML: %s', (_name, text) => {
  expect(parse(text, { uniqueKeys: true })).toEqual(expect.any(Object));
});

/** Those of the settings' own guide are all of them settings, though none says so. */
const settings = all.filter(
  ({ guide, language, file }) =>
    file === 'wheelhouse-cache.yml' || (guide === 'shared-cache.md' && language === 'yaml' && file === undefined),
);

it.each(named(settings))('are settings that serve takes: %s', (_name, text) => {
  const cwd = directory({ 'wheelhouse-cache.yml': text });
  const sources = { options: { data: 'data', tokens: 'tokens.yml' }, environment: {}, cwd };
  const read = readSettings({ ...sources, ...readSettingsFile(undefined, cwd) }, ['data', 'tokens']);
  const { oidc = [] } = parse(text) as { oidc?: { issuer?: string }[] };
  expect(read.oidc).toHaveLength(oidc.length);
});

it.each(named(all.filter(({ language }) => language === 'json')))('has options that there are: %s', (_name, text) => {
  const { plugins = [] } = JSON.parse(text) as { plugins?: (string | { plugin: string; options?: unknown })[] };
  for (const plugin of plugins) {
    const { options } = typeof plugin === 'string' ? { options: {} } : plugin;
    expect(readProxyOptions(options)).toMatchObject({ settings: expect.any(Object) as unknown });
  }
});

it('asks for a token for the audience that the server takes', () => {
  const audiences = (guide: string): unknown[] =>
    filesOf(guide, 'wheelhouse-cache.yml').flatMap(({ oidc }) =>
      (oidc as { audience: string }[]).map(({ audience }) => audience),
    );
  const [ci] = filesOf('cache-github-actions.md', '.github/workflows/ci.yml') as unknown as [Workflow];
  expect(audiences('cache-github-actions.md')).toEqual([keeping(ci).env?.AUDIENCE]);
  expect(ci.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(Object.keys(ci.on).sort()).toEqual(['pull_request', 'push']);
  const [pipeline] = filesOf('cache-gitlab.md', '.gitlab-ci.yml') as unknown as [Pipeline];
  const { aud } = pipeline.affected.id_tokens.NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN;
  expect(audiences('cache-gitlab.md')).toEqual([aud]);
});

describe('the step that keeps a token', () => {
  const [workflow] = filesOf('cache-github-actions.md', '.github/workflows/ci.yml') as unknown as [Workflow];
  // What goes on after the step is not for a test to leave behind.
  const script = (keeping(workflow).run ?? '').replace(/^nohup .*$/m, 'true');

  it("writes GitHub's response for the audience, readable only for its owner", async () => {
    const asked: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      asked.push(request);
      response.end('{"count": 1, "value": "header.claims.signature"}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const root = directory({ 'runner/.keep': '' });
    await run('bash', ['-e', '-c', script], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        AUDIENCE: 'https://cache.example.org',
        RUNNER_TEMP: join(root, 'runner'),
        GITHUB_ENV: join(root, 'env'),
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'for-asking',
      },
    });
    server.close();
    const query = asked.map(({ url = '' }) => Object.fromEntries(new URL(url, 'http://x').searchParams));
    expect(query).toEqual([{ 'api-version': '2.0', audience: 'https://cache.example.org' }]);
    expect(asked[0]?.headers.authorization).toBe('Bearer for-asking');
    const file = join(root, '.nx', 'cache-token');
    expect(readFileSync(file, 'utf8')).toBe('header.claims.signature');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, 'env'), 'utf8')).toBe(
      'NX_SELF_HOSTED_REMOTE_CACHE_SERVER=https://cache.example.org\n',
    );
  });

  it('does nothing if there is none', async () => {
    const root = directory();
    await run('bash', ['-e', '-c', script], { cwd: root, env: { PATH: process.env.PATH, RUNNER_TEMP: root } });
    expect(existsSync(join(root, '.nx'))).toBe(false);
  });
});

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: { readonly affected: { readonly steps: readonly Step[] } };
}

interface Pipeline {
  readonly affected: {
    readonly id_tokens: { readonly NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: { readonly aud: string } };
  };
}

function keeping({ jobs }: Workflow): Step {
  const step = jobs.affected.steps.find(({ name }) => name === 'Keep a token for the cache');
  if (step === undefined) throw new Error('the workflow has no such step');
  return step;
}
