import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { root } from '../workspace.mjs';

let eslint;

before(async () => {
  const { ESLint } = await import('eslint');
  eslint = new ESLint({ cwd: root });
});

/** The rules that `text` breaks when it stands in `file`, which must exist. */
async function broken(file, text) {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  return result.messages.map((message) => message.ruleId);
}

const using = (specifier) => `import * as used from '${specifier}';\nexport const it: object = used;\n`;

test('a folder of element imports only towards base', async () => {
  const rule = ['rooms/order'];
  assert.deepEqual(await broken('packages/element/src/base/origin.ts', using('../plugin/plugin.js')), rule);
  assert.deepEqual(await broken('packages/element/src/base/origin.ts', using('../index.js')), rule);
  assert.deepEqual(await broken('packages/element/src/plugin/plugin.ts', using('../base/origin.js')), []);
  assert.deepEqual(await broken('packages/element/src/index.ts', using('./plugin/plugin.js')), []);
});

test('element imports neither Nx nor a package above it', async () => {
  const file = 'packages/element/src/base/origin.ts';
  for (const specifier of ['@nx/devkit', 'nx/src/utils/output', '@wheelhouse/python', '@wheelhouse/build']) {
    const rules = await broken(file, using(specifier));
    assert.ok(rules.includes('@nx/enforce-module-boundaries'), `${specifier}: ${rules}`);
  }
});

test('python imports element, and not build', async () => {
  const file = 'packages/python/src/index.ts';
  assert.deepEqual(await broken(file, using('@wheelhouse/element')), []);
  const rules = await broken(file, using('@wheelhouse/build'));
  assert.ok(rules.includes('@nx/enforce-module-boundaries'), `${rules}`);
});

test('cache imports element, and neither python nor build; its folders import only towards store', async () => {
  const file = 'packages/cache/src/tiers/tier.ts';
  assert.deepEqual(await broken(file, using('@wheelhouse/element')), []);
  for (const specifier of ['@wheelhouse/python', '@wheelhouse/build']) {
    const rules = await broken(file, using(specifier));
    assert.ok(rules.includes('@nx/enforce-module-boundaries'), `${specifier}: ${rules}`);
  }
  assert.deepEqual(await broken(file, using('../index.js')), ['rooms/order']);
});

test('packages neither import tools nor change the working directory', async () => {
  const file = 'packages/build/src/index.ts';
  const rules = await broken(file, using('../../../tools/build.mjs'));
  assert.ok(rules.includes('rooms/order'), `${rules}`);
  assert.deepEqual(await broken(file, "process.chdir('elsewhere');\n"), ['no-restricted-syntax']);
});
