import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../workspace.mjs';

test('a package of a clone that is not set up is not packed without its code', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-pack-'));
  try {
    mkdirSync(join(directory, 'packages'));
    for (const part of ['package.json', 'tools', 'packages/cache/package.json']) {
      cpSync(join(root, part), join(directory, part), { recursive: true });
    }
    const { status, stderr } = spawnSync('npm', ['pack', './packages/cache'], { cwd: directory, encoding: 'utf8' });
    assert.notEqual(status, 0);
    assert.match(stderr, /hint: run `npm run set-up` in the root of the repository first/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
