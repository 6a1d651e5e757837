import { readJson, readNxJson, updateNxJson, writeJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import init from '../../src/generators/init/generator.js';

const PLUGIN = '@wheelhouse/build';

function emptyWorkspace(): Tree {
  const tree = createTreeWithEmptyWorkspace();
  // Without a formatter's configuration there is none to run.
  for (const file of tree.children('.')) if (/^\.(oxfmtrc|prettierrc)/.test(file)) tree.delete(file);
  return tree;
}

describe('the generator init', () => {
  it('registers the plugin, ignores what targets write and declares the package', async () => {
    const tree = emptyWorkspace();
    tree.write('.gitignore', 'node_modules\n');
    await init(tree, {});
    expect(readNxJson(tree)?.plugins).toEqual([{ plugin: PLUGIN, options: {} }]);
    expect(readNxJson(tree)?.sync).toEqual({ globalGenerators: [`${PLUGIN}:sync-locks`] });
    expect(tree.read('.gitignore', 'utf8')).toBe('node_modules\ndist\nreports\n.venv\n');
    expect(readJson<{ devDependencies: object }>(tree, 'package.json').devDependencies).toEqual({
      [PLUGIN]: expect.stringMatching(/^\^\d+\.\d+\.\d+$/) as string,
    });
  });

  it('changes nothing the second time', async () => {
    const tree = emptyWorkspace();
    await init(tree, {});
    const files = ['nx.json', '.gitignore', 'package.json'];
    const before = files.map((file) => tree.read(file, 'utf8'));
    await init(tree, {});
    expect(files.map((file) => tree.read(file, 'utf8'))).toEqual(before);
  });

  it.each<[string, string | { plugin: string; options: object }]>([
    ['by its name', PLUGIN],
    ['with options', { plugin: PLUGIN, options: { python: '3.12' } }],
  ])('keeps an entry that is there %s, and those of others', async (_how, entry) => {
    const tree = emptyWorkspace();
    updateNxJson(tree, { ...readNxJson(tree), plugins: ['@nx/other', entry], parallel: 7 });
    await init(tree, {});
    expect(readNxJson(tree)).toMatchObject({ plugins: ['@nx/other', entry], parallel: 7 });
  });

  it('keeps sync generators of others, and does not add its own again', async () => {
    const tree = emptyWorkspace();
    const sync = { globalGenerators: ['@nx/other:sync'], applyChanges: false };
    updateNxJson(tree, { ...readNxJson(tree), sync });
    await init(tree, {});
    const globalGenerators = ['@nx/other:sync', `${PLUGIN}:sync-locks`];
    expect(readNxJson(tree)?.sync).toEqual({ globalGenerators, applyChanges: false });
    updateNxJson(tree, { ...readNxJson(tree), sync });
    await init(tree, {});
    expect(readNxJson(tree)?.sync).toEqual(sync);
  });

  it('finds directories ignored however they are written', async () => {
    const tree = emptyWorkspace();
    tree.write('.gitignore', '/dist/\nreports/\n.venv');
    await init(tree, {});
    expect(tree.read('.gitignore', 'utf8')).toBe('/dist/\nreports/\n.venv');
  });

  it.each<[boolean | undefined, RegExp]>([
    [undefined, /^file:/],
    [true, /^file:/],
    [false, /^\^/],
  ])('with keepExistingVersions %p leaves or raises a version that is there', async (keepExistingVersions, version) => {
    const tree = emptyWorkspace();
    writeJson(tree, 'package.json', { name: 'w', devDependencies: { [PLUGIN]: 'file:../packages/build' } });
    await init(tree, keepExistingVersions === undefined ? {} : { keepExistingVersions });
    const { devDependencies } = readJson<{ devDependencies: Record<string, string> }>(tree, 'package.json');
    expect(devDependencies[PLUGIN]).toMatch(version);
  });
});
