import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { npmPackagesAreCurrent, pathOfTests } from '../set-up.mjs';

/** Whether a directory with these two locks, and packages of these versions by their paths, is called current. */
function isCurrent(wanted, installed, versions = versionsOf(installed)) {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-set-up-'));
  try {
    writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    if (installed) {
      mkdirSync(join(directory, 'node_modules'));
      writeFileSync(join(directory, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
    }
    for (const [path, version] of Object.entries(versions)) {
      mkdirSync(join(directory, path), { recursive: true });
      writeFileSync(join(directory, path, 'package.json'), JSON.stringify({ version }));
    }
    return npmPackagesAreCurrent(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function versionsOf(installed = {}) {
  return Object.fromEntries(Object.entries(installed).map(([path, { version }]) => [path, version]));
}

const a = { version: '1.0.0', integrity: 'sha512-a' };

test('npm packages that were never installed are not current', () => {
  assert.equal(isCurrent({ '': {}, 'node_modules/a': a }, undefined), false);
});

test('npm packages are current when what is installed is what the lock says', () => {
  assert.equal(isCurrent({ '': {}, 'node_modules/a': a }, { 'node_modules/a': a }), true);
});

test('another version, another content or a missing package is noticed', () => {
  assert.equal(isCurrent({ 'node_modules/a': a }, { 'node_modules/a': { ...a, version: '1.0.1' } }), false);
  assert.equal(isCurrent({ 'node_modules/a': a }, { 'node_modules/a': { ...a, integrity: 'sha512-b' } }), false);
  assert.equal(isCurrent({ 'node_modules/a': a }, {}), false);
});

test('a package that npm installed once, and that is not there any more or is an older one, is noticed', () => {
  const locks = [{ 'node_modules/a': a }, { 'node_modules/a': a }];
  assert.equal(isCurrent(...locks, { 'node_modules/a': '1.0.0' }), true);
  assert.equal(isCurrent(...locks, {}), false);
  assert.equal(isCurrent(...locks, { 'node_modules/a': '0.9.0' }), false);
});

test('a package for another platform may be absent', () => {
  assert.equal(isCurrent({ 'node_modules/a': { ...a, optional: true } }, {}), true);
});

test('a directory whose cargo does not run leaves the PATH, so that the next one is found', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-set-up-'));
  try {
    const program = (name, text) => {
      const place = join(directory, name);
      mkdirSync(place);
      writeFileSync(join(place, 'cargo'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return place;
    };
    const broken = program('broken', 'exit 1');
    const old = program('old', 'echo "cargo 1.65.0"');
    const working = program('working', 'echo "cargo 1.96.0 (30a34c682 2026-05-25)"');
    const others = ['/usr/bin', '/bin'];
    assert.equal(pathOfTests([broken, old, working, ...others].join(delimiter)), [working, ...others].join(delimiter));
  } finally {
    rmSync(directory, { recursive: true });
  }
});
