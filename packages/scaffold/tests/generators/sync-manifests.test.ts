import syncManifests from '../../src/generators/sync-manifests/generator.js';
import { expectGolden } from '../support/golden.js';
import { TestWorkspace, written } from '../support/workspace.js';

const APP = {
  'app/setup.py': '',
  'app/shop/__init__.py': '',
  'app/shop/static/a.css': '',
  'app/shop/static/b.js': '',
  'app/shop/notes.txt': '',
  'other/pack/__init__.py': '',
  'other/pack/data.json': '',
};

let workspace: TestWorkspace;
afterEach(() => {
  workspace.remove();
});

test('a MANIFEST.in that does not take up everything gets a line more, and it is said why', async () => {
  workspace = new TestWorkspace({
    ...APP,
    'app/MANIFEST.in': '# ours\nrecursive-include shop *.css\nexclude shop/notes.txt',
  });
  const tree = workspace.tree();
  expect(await syncManifests(tree)).toEqual({
    outOfSyncMessage: 'these files would be missing from the wheels',
    outOfSyncDetails: ['`app/MANIFEST.in` does not include `shop/static/b.js`'],
  });
  expect(written(tree)).toEqual({
    'app/MANIFEST.in': '# ours\nrecursive-include shop *.css\nexclude shop/notes.txt\nrecursive-include shop *.js\n',
  });
  workspace.flush(tree);
  expect(await syncManifests(workspace.tree())).toBeUndefined();
});

test('a tree of projects in all layouts', async () => {
  workspace = new TestWorkspace({
    ...APP,
    'app/MANIFEST.in': 'include README.md\\\n  LICENSE\nrecursive-include shop *.css\n',
    'lib/MANIFEST.in': 'graft src\nglobal-exclude *.txt\n',
    'lib/src/lib/__init__.py': '',
    'lib/src/lib/a.txt': '',
    'lib/src/lib/b.json': '',
    'src/MANIFEST.in': '',
    'src/src/one/__init__.py': '',
    'src/src/one/py.typed': '',
    'src/src/two/__init__.py': '',
    'src/src/two/templates/LICENSE': '',
  });
  const tree = workspace.tree();
  await syncManifests(tree);
  expectGolden(tree, '.', 'sync-manifests');
});

test('what setup.py names by package_data needs no MANIFEST.in', async () => {
  const files = { ...APP, 'app/MANIFEST.in': 'include LICENSE\n' };
  workspace = new TestWorkspace({
    ...files,
    'app/setup.py': 'from setuptools import setup\nsetup(package_data={"shop": ["static/*", "*.txt"]})\n',
  });
  expect(await syncManifests(workspace.tree())).toBeUndefined();
  workspace.remove();
  workspace = new TestWorkspace({
    ...files,
    'app/setup.py': 'import setuptools\nsetuptools.setup(package_data={"": ["*.txt"], "other": "static/*"})\n',
  });
  expect((await syncManifests(workspace.tree()))?.outOfSyncDetails).toEqual([
    '`app/MANIFEST.in` does not include `shop/static/a.css`',
    '`app/MANIFEST.in` does not include `shop/static/b.js`',
  ]);
});

test('as a generator it writes, and returns nothing', async () => {
  workspace = new TestWorkspace({ ...APP, 'app/MANIFEST.in': 'graft shop/static\n' });
  const tree = workspace.tree();
  expect(await syncManifests(tree, {})).toBeUndefined();
  expect(written(tree)['app/MANIFEST.in']).toBe('graft shop/static\nrecursive-include shop *.txt\n');
});
