import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import { optionSchemas, optionTypes, pluginSchema } from '../option-types.mjs';
import { root } from '../workspace.mjs';

const schemas = optionSchemas();

test('every executor and generator has a schema', () => {
  const names = schemas.map(({ packageName, kind, name }) => `${packageName}: ${kind} ${name}`);
  assert.ok(names.includes('build: executor build-wheel'));
  assert.ok(names.includes('scaffold: generator app'));
  assert.ok(names.includes('cache: generator init'));
});

for (const schema of [...schemas, pluginSchema()]) {
  test(`the types of the ${schema.kind} ${schema.packageName}:${schema.name} are current`, async () => {
    const { path, text } = await optionTypes(schema);
    assert.equal(readFileSync(path, 'utf8'), text, `run \`npm run generate\`: ${relative(root, path)} is not current`);
  });
}
