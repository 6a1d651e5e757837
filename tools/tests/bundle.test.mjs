/** What the packages are entered by: by themselves, and as another program's ES modules meet them. */
import { ok } from 'node:assert/strict';
import { readdirSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../workspace.mjs';

const require = createRequire(import.meta.url);
const packages = join(root, 'packages');
const entries = readdirSync(packages)
  .map((name) => join(packages, name, 'bundle'))
  .filter((bundle) => existsSync(bundle))
  .flatMap((bundle) => readdirSync(bundle, { recursive: true }).map((name) => join(bundle, name)))
  .filter((entry) => entry.endsWith('.js'));

test('the packages are bundled', () => {
  ok(entries.length >= readdirSync(packages).length);
});

for (const entry of entries) {
  test(`an ES module imports by name everything that ${relative(packages, entry)} exports`, async () => {
    const imported = await import(pathToFileURL(entry).href);
    for (const name of Object.getOwnPropertyNames(require(entry)))
      if (name !== '__esModule') ok(name in imported, name);
  });
}
