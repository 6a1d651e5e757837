import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../workspace.mjs';

// A place where nothing is installed, as in a fresh clone.
const bare = mkdtempSync(join(tmpdir(), 'wheelhouse-tools-'));
after(() => rmSync(bare, { recursive: true, force: true }));
cpSync(join(root, 'tools'), join(bare, 'tools'), {
  recursive: true,
  filter: (path) => !path.endsWith('node_modules'),
});

for (const program of ['demo', 'test', 'soak', 'sdists', 'backends', 'bench/bench']) {
  test(`${program} starts before anything is installed`, () => {
    const url = pathToFileURL(join(bare, 'tools', `${program}.mjs`)).href;
    const script = `await import(${JSON.stringify(url)})`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}
