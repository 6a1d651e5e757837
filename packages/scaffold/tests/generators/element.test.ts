import { join } from 'node:path';
import { coreElements, coreSources, diskDocuments, PluginRegistry, resolveProject } from '@wheelhouse/element/internal';
import element from '../../src/generators/element/generator.js';
import type { ElementGeneratorSchema } from '../../src/generators/element/schema.js';
import { expectGolden } from '../support/golden.js';
import { heard } from '../support/heard.js';
import { TestWorkspace, written } from '../support/workspace.js';

let workspace: TestWorkspace;
const said = heard();
beforeEach(() => {
  workspace = new TestWorkspace({ 'native/files/hello/hello.c': '' });
});
afterEach(() => {
  workspace.remove();
});

async function generate(options: ElementGeneratorSchema): Promise<Record<string, string>> {
  const tree = workspace.tree();
  await element(tree, options);
  workspace.flush(tree);
  return written(tree);
}

test('elements of every kind, and the project around them, are ones that the loader takes', async () => {
  const tree = workspace.tree();
  await element(tree, { name: 'hello', directory: 'native', source: 'files/hello' });
  expectGolden(tree, 'native', 'element-manual');
  workspace.flush(tree);
  await generate({ name: 'data/text.bst', directory: 'native', kind: 'import', source: 'files' });
  await generate({ name: 'check', directory: 'native', kind: 'script', depends: ['hello.bst'] });
  await generate({ name: 'all', directory: 'native', kind: 'stack', depends: ['hello.bst', 'data/text.bst'] });
  const directory = join(workspace.directory, 'native');
  const registry = new PluginRegistry().register({
    elements: coreElements({ memo: (name) => join(directory, name), verify: false }),
    sources: coreSources,
  });
  const { elements } = await resolveProject({
    ...{ documents: diskDocuments(directory), directory, targets: [], registry },
    ...{ hostArch: process.arch, maxJobs: 1 },
  });
  expect([...elements].map(({ name }) => name).sort()).toEqual([
    'all.bst',
    'check.bst',
    'data/text.bst',
    'hello.bst',
    'toolchain.bst',
  ]);
  expect(said()).toBe('');
});

test('an element that is there stays, in the directory that project.conf names', async () => {
  workspace.write('native/project.conf', 'name: native\nmin-version: 2.4\nelement-path: parts\n');
  workspace.write('native/parts/all.bst', 'kind: stack\ndepends:\n- other.bst\n');
  expect(await generate({ name: 'all', directory: 'native', kind: 'stack' })).toEqual({});
  expect(said()).toContain('`native/parts/all.bst` is left unchanged.');
});

test.each<[ElementGeneratorSchema, string]>([
  [{ name: '../x', directory: 'native' }, '`../x` is not an element name'],
  [{ name: 'x', directory: '../native' }, '`../native` is not inside the workspace'],
  [
    { name: 'x', directory: 'native', kind: 'wheel' as 'stack' },
    'the option `kind` is `wheel`\nhint: it must be one of `manual`, `script`',
  ],
  [{ name: 'x', directory: 'native', kind: 'import' }, 'an element of kind `import` has no source'],
  [
    { name: 'x', directory: 'native', kind: 'stack', source: 'files' },
    'the option `source` is `files`, but elements of kind `stack` have no source',
  ],
  [{ name: 'x', directory: 'native', source: 'nothing' }, '`native/nothing` does not exist'],
  [{ name: 'x', directory: 'native', depends: ['y.bst'] }, 'the element `y.bst` does not exist in `native/elements`'],
])('%j is refused, and nothing is written', async (options, message) => {
  const tree = workspace.tree();
  await expect(element(tree, options)).rejects.toThrow(message);
  expect(written(tree)).toEqual({});
});
