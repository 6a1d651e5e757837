import { JsonFile } from '../../src/merge/json-file.js';
import init from '../../src/generators/init/generator.js';
import { expectGolden } from '../support/golden.js';
import { TestWorkspace, written } from '../support/workspace.js';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace({ '.gitignore': 'node_modules\n/dist/\n' });
});
afterEach(() => {
  workspace.remove();
});

test('registers the plugin, ignores what targets write and declares both packages', () => {
  const tree = workspace.tree();
  init(tree, {});
  const files = written(tree);
  expect(Object.keys(files)).toEqual(['.gitignore', 'nx.json', 'package.json']);
  expect(files['.gitignore']).toBe('node_modules\n/dist/\nreports\n.venv\n');
  expect(JSON.parse(files['nx.json']!)).toEqual({
    plugins: [{ plugin: '@wheelhouse/build', options: {} }],
    sync: {
      globalGenerators: [
        '@wheelhouse/build:sync-locks',
        '@wheelhouse/scaffold:sync-manifests',
        '@wheelhouse/scaffold:sync-setup',
      ],
    },
  });
  const { devDependencies } = JSON.parse(files['package.json']!) as { devDependencies: Record<string, string> };
  expect(Object.keys(devDependencies)).toEqual(['@wheelhouse/build', '@wheelhouse/scaffold']);
});

test('a workspace that has something of everything', () => {
  // Versions that are there stay, so that no release of these packages is in the golden file.
  workspace.write(
    'package.json',
    '{ "devDependencies": { "@wheelhouse/build": "*", "@wheelhouse/scaffold": "*", "nx": "*" } }\n',
  );
  workspace.write(
    'nx.json',
    '{\n  // ours\n  "parallel": 2,\n  "plugins": ["@nx/docker"],\n  "sync": { "applyChanges": true }\n}\n',
  );
  const tree = workspace.tree();
  init(tree, {});
  expectGolden(tree, '.', 'init');
});

test('changes nothing the second time', () => {
  const first = workspace.tree();
  init(first, {});
  workspace.flush(first);
  const second = workspace.tree();
  init(second, {});
  expect(written(second)).toEqual({});
});

test('keeps an entry that is there, and comments', () => {
  const text = '{\n  // ours\n  "plugins": ["@wheelhouse/build"]\n}\n';
  workspace.write('nx.json', text);
  const tree = workspace.tree();
  init(tree, {});
  const after = written(tree)['nx.json']!;
  expect(after).toContain('\n  // ours\n');
  expect(JsonFile.parse(after, 'nx.json').get(['plugins'])).toEqual(['@wheelhouse/build']);
  expect(JsonFile.parse(after, 'nx.json').get(['sync'])).toEqual({
    globalGenerators: ['@wheelhouse/scaffold:sync-manifests', '@wheelhouse/scaffold:sync-setup'],
  });
});

test('an nx.json that is not valid JSON is refused, and nothing is written', () => {
  workspace.write('nx.json', '{ "plugins": [ }\n');
  const tree = workspace.tree();
  expect(() => init(tree, {})).toThrow('nx.json [line 1 column 15]: not valid JSON: ValueExpected');
  expect(written(tree)).toEqual({});
});
