import { EJECTABLE_TEMPLATES, readEjected } from '@wheelhouse/python-stage/internal';
import eject from '../../src/generators/eject/generator.js';
import type { EjectGeneratorSchema } from '../../src/generators/eject/schema.js';
import schema from '../../src/generators/eject/schema.json';
import { heard } from '../support/heard.js';
import { expectGolden } from '../support/golden.js';
import { TestWorkspace, written } from '../support/workspace.js';

let workspace: TestWorkspace;
const said = heard();
beforeEach(() => {
  workspace = new TestWorkspace({
    'apps/shop/pyproject.toml': '[project]\nname = "web-shop"\nversion = "1"\n',
    'apps/shop/project.json': '{ "name": "shop" }\n',
    'plain/setup.py': 'from setuptools import setup\nsetup(name="plain", version="1")\n',
    'docs/index.md': '',
  });
});
afterEach(() => {
  workspace.remove();
});

test('every template is copied into the project, with the defaults of its kind, and says nothing else', async () => {
  const tree = workspace.tree();
  for (const template of EJECTABLE_TEMPLATES) await eject(tree, { template, project: 'shop' });
  expectGolden(tree, 'apps/shop', 'eject');
  workspace.flush(tree);
  const ejected = readEjected('apps/shop', workspace.directory);
  expect([...ejected.keys()].sort()).toEqual([...EJECTABLE_TEMPLATES].sort());
  for (const { identity } of ejected.values()) expect(identity).toBeUndefined();
});

test('it is said what to do next', async () => {
  await eject(workspace.tree(), { template: 'wheel', directory: 'apps/shop/' });
  expect(said()).toBe(
    [
      '`apps/shop/.wheelhouse/wheel.bst` now overrides the template `wheel`. Unchanged, it has the same effect.',
      'Change it, check the result with `wheelhouse show --format json shop`, and run `nx run shop:build-wheel`.',
      'Commit it; without it, the template of the package is used again.',
    ].join('\n'),
  );
  said.forget();
  await eject(workspace.tree(), { template: 'hook', directory: 'plain' });
  expect(said()).toContain('`nx run plain:lock`');
});

test('an existing file is kept, and the difference is shown; without a difference, nothing is printed', async () => {
  const tree = workspace.tree();
  await eject(tree, { template: 'installed', project: 'web-shop' });
  workspace.flush(tree);
  said.forget();
  const again = workspace.tree();
  await eject(again, { template: 'installed', project: 'shop' });
  expect(written(again)).toEqual({});
  expect(said()).toBe('');
  workspace.write('apps/shop/.wheelhouse/wheel.bst', 'kind: wheel\nenvironment:\n  OURS: here\n');
  const changed = workspace.tree();
  await eject(changed, { template: 'wheel', project: 'shop' });
  expect(written(changed)).toEqual({});
  expect(said()).toContain('`apps/shop/.wheelhouse/wheel.bst` is left unchanged.');
  expect(said()).toContain(' kind: wheel\n-environment:\n-  OURS: here\n+description: The wheel of a project\n');
});

test.each<[EjectGeneratorSchema, string]>([
  [
    { template: 'snapshot' as 'wheel', project: 'shop' },
    'the option `template` is `snapshot`\nhint: it must be one of `wheel`, `sdist`, `test`, `installed`, `env`, `hook`',
  ],
  [{ template: 'wheel' }, 'no project given'],
  [{ template: 'wheel', project: 'shopp' }, 'project `shopp` not found'],
  [{ template: 'wheel', directory: '../shop' }, '`../shop` is not inside the workspace'],
  [{ template: 'wheel', directory: 'docs' }, '`docs` is not a Python project'],
])('%j is refused, and nothing is written', async (options, message) => {
  const tree = workspace.tree();
  await expect(eject(tree, options)).rejects.toThrow(message);
  expect(written(tree)).toEqual({});
});

test('the schema offers the templates that there are', () => {
  const { template } = schema.properties;
  expect(template.enum).toEqual(EJECTABLE_TEMPLATES);
  expect(template['x-prompt'].items.map(({ value }) => value)).toEqual(EJECTABLE_TEMPLATES);
});
