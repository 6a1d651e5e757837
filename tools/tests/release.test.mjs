import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { packageNames } from '../build.mjs';
import { root } from '../workspace.mjs';

const manifest = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
const gitStatus = () => spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).stdout;

test('nx release takes all packages to one version, with the dependencies between them and a changelog', () => {
  const before = gitStatus();
  const args = ['release', '99.0.0', '--dry-run', '--first-release', '--skip-publish'];
  // Names go to stderr, differences to stdout: here in the order they were written.
  const nx = join('node_modules', '.bin', 'nx');
  const { status, stdout: text } = spawnSync('sh', ['-c', 'exec "$@" 2>&1', 'sh', nx, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', FORCE_COLOR: '0' },
  });
  assert.equal(status, 0, text);
  for (const name of packageNames()) {
    const { dependencies = {} } = manifest(name);
    const ours = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@wheelhouse/'));
    const start = text.indexOf(`UPDATE packages/${name}/package.json`);
    assert.notEqual(start, -1, `${name} is not in step:\n${text}`);
    const end = text.indexOf('UPDATE ', start + 1);
    const changes = text.slice(start, end < 0 ? undefined : end);
    for (const changed of ['version', ...ours])
      assert.match(changes, new RegExp(`^\\+ +"${changed}": "99\\.0\\.0"`, 'm'));
  }
  assert.match(text, /^(?:CREATE|UPDATE) CHANGELOG\.md/m);
  assert.equal(gitStatus(), before, 'a dry run wrote something');
});

test('nx migrate of the plugin takes the other packages along', () => {
  const others = packageNames().filter((name) => name !== 'build');
  const { packageGroup } = manifest('build')['nx-migrations'];
  assert.deepEqual([...packageGroup].sort(), others.map((name) => `@wheelhouse/${name}`).sort());
});

test('packages are published with provenance, by a job that may ask for it', () => {
  const workflow = parse(readFileSync(join(root, '.github', 'workflows', 'publish.yml'), 'utf8'));
  assert.equal(workflow.permissions['id-token'], 'write');
  assert.equal(workflow.jobs.publish.env.NPM_CONFIG_PROVENANCE, 'true');
  for (const name of packageNames()) assert.deepEqual(manifest(name).publishConfig, { access: 'public' });
});
