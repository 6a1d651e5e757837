import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checks, compileErrors, OLDEST_MINOR, pythonFiles, pythons } from '../python-files.mjs';
import { root } from '../workspace.mjs';

for (const [what, [program, args]] of Object.entries(checks)) {
  test(`of the Python files, ${what}`, () => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
}

test('every Python of this machine that they are for compiles them', () => {
  const files = pythonFiles();
  assert.ok(files.length > 20, `only ${files.length} files were found`);
  const versions = pythons();
  assert.notEqual(versions.length, 0, 'there is no Python with a version in its name');
  for (const version of versions) assert.equal(compileErrors(version, files), '', `python${version}`);
});

test('a file that Python cannot compile is reported with its line', () => {
  const [version] = pythons();
  assert.match(compileErrors(version, ['ruff.toml']), /File "ruff\.toml", line \d+[^]*SyntaxError/);
});

test('ruff and pyright check for the oldest Python that the files are for', () => {
  assert.match(
    readFileSync(join(root, 'ruff.toml'), 'utf8'),
    new RegExp(`^target-version = "py3${OLDEST_MINOR}"$`, 'm'),
  );
  const { pythonVersion } = JSON.parse(readFileSync(join(root, 'pyrightconfig.json'), 'utf8'));
  assert.equal(pythonVersion, `3.${OLDEST_MINOR}`);
});
