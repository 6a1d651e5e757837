import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '@wheelhouse/element/program';

test('the version is that of the nearest package.json above a module', () => {
  const root = mkdtempSync(join(tmpdir(), 'version-'));
  const modules = join(root, 'dist', 'plugin');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "version": "1.2.3" }');
  expect(packageVersion(modules)).toBe('1.2.3');
  expect(packageVersion(root)).toBe('1.2.3');
});

test('a directory outside of any package is a bug', () => {
  expect(() => packageVersion('/proc/self')).toThrow('no package.json above /');
});
