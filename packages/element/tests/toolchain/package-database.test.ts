import { packageDatabasePaths, readPackageDatabase } from '../../src/toolchain/package-database.js';
import { existsSync } from 'node:fs';

test("Debian's database is read as installed packages with architecture, version and state", () => {
  const [path = ''] = packageDatabasePaths();
  expect(path).toBe('/var/lib/dpkg/status');
  expect(existsSync(path)).toBe(true);
  const lines = readPackageDatabase(path).split('\n');
  expect(lines.length).toBeGreaterThan(50);
  expect(lines).toEqual([...lines].sort());
  for (const line of lines) expect(line).toMatch(/^[a-z0-9][a-z0-9+.-]+:[a-z0-9]+=\S+ [a-z-]+$/);
  expect(lines.some((line) => line.startsWith('dpkg:'))).toBe(true);
});
