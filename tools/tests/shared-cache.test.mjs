import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../workspace.mjs';

const { preTasksExecution } = createRequire(import.meta.url)('../checks/targets.cjs');
const SERVER = 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER';

test('the checks use a shared cache that is named, through the proxy of @wheelhouse/cache', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-checks-'));
  const before = { ...process.env };
  try {
    process.env.WHEELHOUSE_CACHE_DIR = directory;
    const context = { id: 'a-run', workspaceRoot: root };
    process.env[SERVER] = '';
    await preTasksExecution(undefined, context);
    assert.equal(process.env[SERVER], '');
    process.env[SERVER] = 'http://127.0.0.1:9';
    await preTasksExecution(undefined, context);
    assert.match(process.env[SERVER], /^http:\/\/127\.0\.0\.1:(?!9\/)\d+\/runs\/\w+$/);
  } finally {
    const stop = [join(root, 'packages', 'cache', 'bin', 'wheelhouse-cache.js'), 'proxy', 'stop'];
    spawnSync(process.execPath, stop, { env: process.env });
    process.env = before;
    rmSync(directory, { recursive: true });
  }
});

test('CI runs every check, and takes the cache from a variable of the repository', () => {
  const { jobs, permissions } = parse(readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8'));
  assert.deepEqual(permissions, { contents: 'read', 'id-token': 'write' });
  const [token, checks] = jobs.test.steps.filter(({ run }) => run !== undefined);
  assert.equal(checks.run, '.ci/run');
  assert.equal(token.env.AUDIENCE, '${{ vars.CACHE_SERVER }}');
  assert.match(token.run, new RegExp(`"${SERVER}=\\$AUDIENCE" >> "\\$GITHUB_ENV"$`, 'm'));
});
