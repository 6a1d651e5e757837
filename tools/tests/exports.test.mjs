/** What packages export: the index what is public, `internal` the rest, and both from the same modules. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOOKS } from '../bundle.mjs';
import { exportedNames, publicApi, typesIn } from '../reference/plugin-api.mjs';
import { root } from '../workspace.mjs';

const require = createRequire(import.meta.url);
const declared = new Map(publicApi().map(({ name, declarations }) => [name, declarations]));
const packages = readdirSync(join(root, 'packages'));
const internalOf = (name) => {
  const entry = `packages/${name}/dist/internal.d.ts`;
  return existsSync(join(root, entry)) ? exportedNames(entry) : [];
};

for (const name of packages) {
  const exported = exportedNames(`packages/${name}/dist/index.d.ts`);
  const isHook = (each) => HOOKS.test(each);

  test(`the index of ${name} exports what is public, and what Nx loads of a plugin`, () => {
    const names = declared.get(`@wheelhouse/${name}`).map((each) => each.name);
    assert.deepEqual(
      exported.filter((each) => !isHook(each)),
      names.sort(),
    );
    assert.equal(exported.some(isHook), ['build', 'cache'].includes(name));
    const values = Object.getOwnPropertyNames(require(`@wheelhouse/${name}`)).filter((each) => each !== '__esModule');
    assert.deepEqual(
      values.filter((each) => !exported.includes(each)),
      [],
    );
  });

  test(`a name of ${name} is public or internal; both entries have the package's error codes`, () => {
    const both = internalOf(name).filter((each) => exported.includes(each));
    assert.deepEqual(
      both.filter((each) => !each.endsWith('ErrorCode')),
      [],
    );
  });

  test(`a public declaration of ${name} names no type that is internal`, () => {
    const internal = internalOf(name).filter((each) => !exported.includes(each));
    const faults = declared
      .get(`@wheelhouse/${name}`)
      .flatMap(({ name: public_, text }) => typesIn(text).map((type) => [public_, type]))
      .filter(([, type]) => internal.includes(type));
    assert.deepEqual(faults, []);
  });
}

test('the types of a declaration are found in its members, parameters and what it extends', () => {
  const text =
    'export class A<T> extends B implements C { run(io: D): Promise<readonly E[]>; readonly f: Map<string, F>; }';
  assert.deepEqual(typesIn(text), ['B', 'C', 'D', 'Promise', 'E', 'Map', 'F']);
});

test('what one entry throws is of the class that another exports, for CommonJS and ES modules', async () => {
  const { ElementError, MappingNode } = require('@wheelhouse/element');
  const { parseYaml } = require('@wheelhouse/element/internal');
  const { parseRequirement } = require('@wheelhouse/python/internal');
  assert.throws(() => parseYaml('a: [', 'a.bst'), ElementError);
  assert.throws(() => parseRequirement('=='), ElementError);
  const modules = await Promise.all(
    ['@wheelhouse/element', '@wheelhouse/element/internal'].map((name) => import(name)),
  );
  assert.equal(modules[0].ElementError, ElementError);
  assert.equal(modules[1].parseYaml, parseYaml);
  assert.ok(parseYaml('a: 1', 'a.bst') instanceof MappingNode);
});
