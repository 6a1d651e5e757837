import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython } from '@wheelhouse/python/internal';
import { readToolsLock, ensureTools, type ToolsOptions } from '@wheelhouse/python/fetch';
import { select } from '@wheelhouse/python/lockfile';
import { anInterpreter, io, temporaryDirectory } from '@wheelhouse/python/testing';

function options(more: Partial<ToolsOptions> = {}): ToolsOptions {
  return {
    store: temporaryDirectory(),
    python: () => findPython(process.env, undefined, '>=3.10'),
    environment: process.env,
    io,
    ...more,
  };
}

test('the tools are made once, at the versions of their lock, however many ask at once', async () => {
  let asked = 0;
  const configured = join(temporaryDirectory(), 'pip.conf');
  writeFileSync(configured, '[global]\nconstraint = /nowhere.txt\nuploaded-prior-to = 2000-01-01\n');
  const given = options({
    // None of it would leave the tools as they are locked.
    environment: {
      ...process.env,
      PIP_CONFIG_FILE: configured,
      PIP_DRY_RUN: '1',
      PIP_ROOT: '/nowhere',
      PIP_NO_DEPS: '1',
    },
    python: async () => {
      asked += 1;
      return await findPython(process.env, undefined, '>=3.10');
    },
  });
  const [tools, same] = await Promise.all([ensureTools(given), ensureTools(given)]);
  expect(same).toEqual(tools);
  expect(asked).toBe(1);
  expect(tools.directory).toBe(join(given.store, 'tools', tools.digest));
  const interpreter = await anInterpreter();
  const installed = JSON.parse(
    execFileSync(tools.python, ['-m', 'pip', 'list', '--format', 'json'], { encoding: 'utf8' }),
  ) as { name: string; version: string }[];
  const versions = new Map(installed.map(({ name, version }) => [name.toLowerCase().replaceAll('_', '-'), version]));
  for (const entry of select(readToolsLock(), interpreter.markers)) {
    expect([entry.normalizedName, versions.get(entry.normalizedName)]).toEqual([entry.normalizedName, entry.version]);
  }
  expect(execFileSync(tools.uv, ['--version'], { encoding: 'utf8' })).toContain(versions.get('uv'));

  rmSync(join(tools.directory, 'wheelhouse-complete'));
  // The number of an inode may be used again at once.
  const before = statSync(tools.directory, { bigint: true }).birthtimeNs;
  await ensureTools(given);
  expect(asked).toBe(2);
  expect(statSync(tools.directory, { bigint: true }).birthtimeNs).not.toBe(before);
}, 240_000);

test('an index that is not there leaves nothing that would be taken for the tools', async () => {
  const given = options({
    environment: {
      PATH: process.env.PATH,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_INDEX_URL: 'http://user:secret@127.0.0.1:9/simple',
      PIP_RETRIES: '1',
    },
  });
  const error: unknown = await ensureTools(given).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'TOOLS',
    message: expect.stringMatching(
      /^an index cannot be reached: its host refused the connection: pip cannot install the tools environment `.*`$/,
    ) as string,
    hint:
      "check that this machine is online, and whether it needs a proxy (`HTTPS_PROXY`, or pip's `proxy`); " +
      "the tools come from the indexes in pip's configuration: check `pip config list`",
  });
  expect(JSON.stringify(error)).not.toContain('secret');
  const [digest = ''] = readdirSync(join(given.store, 'tools'));
  expect(existsSync(join(given.store, 'tools', digest, 'wheelhouse-complete'))).toBe(false);
}, 240_000);
