import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CreateDependenciesContext, CreateNodesResult, RawProjectGraphDependency } from '@nx/devkit';
import { createDependencies, createNodes } from '@wheelhouse/build';
import { gitInit, lockText, pyproject, temporaryDirectories, writeFiles, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

interface Graph {
  readonly nodes: readonly (readonly [string, CreateNodesResult])[];
  readonly edges: readonly RawProjectGraphDependency[];
}

/** What Nx gets for the files of a workspace. */
async function graphOf(workspaceRoot: string, options?: unknown): Promise<Graph> {
  const files = readdirSync(workspaceRoot, { recursive: true, encoding: 'utf8' })
    .filter((file) => !/(^|\/)(node_modules|\.nx|\.git|dist)(\/|$)/.test(file))
    .sort();
  const matching = files.filter((file) =>
    /(^|\/)(setup\.py|setup\.cfg|pyproject\.toml|project\.json|package\.json)$/.test(file),
  );
  const nodes = await createNodes[1](matching, options, { nxJsonConfiguration: {}, workspaceRoot });
  const projects = Object.assign({}, ...nodes.map(([, result]) => result.projects)) as Record<string, { name: string }>;
  const context = {
    workspaceRoot,
    projects: Object.fromEntries(Object.entries(projects).map(([root, { name }]) => [name, { root }])),
    fileMap: { projectFileMap: { all: files.map((file) => ({ file, hash: '' })) }, nonProjectFiles: [] },
  };
  return { nodes, edges: await createDependencies(undefined, context as unknown as CreateDependenciesContext) };
}

/** The same without anything that was remembered. */
async function freshGraphOf(workspace: string, options?: unknown): Promise<Graph> {
  const kept = join(workspace, '.nx');
  const aside = directory();
  cpSync(kept, aside, { recursive: true });
  rmSync(kept, { recursive: true });
  const graph = await graphOf(workspace, options);
  rmSync(kept, { recursive: true });
  cpSync(aside, kept, { recursive: true });
  return graph;
}

const memo = (workspace: string, name: string): string => join(workspace, `.nx/workspace-data/wheelhouse-${name}.json`);

/** Projects that are in each other, of other languages, that cannot be read, have one name, and require one another. */
const ILL_KEPT: Files = {
  'nx.json': '{}',
  'package.json': '{"name": "root", "workspaces": ["web/*"]}',
  'web/shop/package.json': '{"name": "inner"}',
  'shop/pyproject.toml': pyproject('shop', ['core', 'broken']),
  'core/pyproject.toml': `${pyproject('core', ['shop[extra]'])}[project.optional-dependencies]\ntest = ["kit"]\n`,
  'core/inner/setup.cfg': '[metadata]\nname = inner\nversion = 1\n',
  'core/tests/test_core.py': 'def test(): pass\n',
  'kit/setup.py': 'from setuptools import setup\nsetup(name="kit", version="1")\n',
  'kit/project.json': '{"name": "the-kit", "targets": {"test": {}}}',
  'kit/requirements.txt': '-r more.txt\n--extra-index-url https://${TOKEN}@index.example/simple\n',
  'kit/more.txt': 'core\n',
  'broken/pyproject.toml': '[project]\nname =\n',
  'twin-a/pyproject.toml': pyproject('twin'),
  'twin-b/pyproject.toml': pyproject('Twin'),
  'settings/pyproject.toml': '[tool.black]\n',
  'shop/locks/runtime.txt': lockText('six', '1.16.0', ['a'.repeat(64)]),
  'core/locks/runtime.txt': 'not a lock\n',
};

describe('the memo of inference', () => {
  it.each<[string, () => string]>([
    [
      'the examples',
      () => {
        const workspace = directory();
        cpSync(resolve(__dirname, '../../../../examples'), workspace, {
          recursive: true,
          filter: (path) => !/\/(node_modules|\.nx|dist)$/.test(path),
        });
        return workspace;
      },
    ],
    ['an ill-kept workspace', () => directory(ILL_KEPT)],
  ])('gives the graph that there is without it: %s', async (_what, make) => {
    const workspace = make();
    const first = await graphOf(workspace);
    expect(first.nodes.length).toBeGreaterThan(1);
    expect(await graphOf(workspace)).toEqual(first);
    expect(await freshGraphOf(workspace)).toEqual(first);
  });

  it.each<[string, (workspace: string) => void]>([
    [
      'a requirement comes',
      (at) => {
        writeFiles(at, { 'kit/more.txt': 'core\nshop\n' });
      },
    ],
    [
      'a project cannot be read any more',
      (at) => {
        writeFiles(at, { 'core/pyproject.toml': '[project\n' });
      },
    ],
    [
      'a project can be read again',
      (at) => {
        writeFiles(at, { 'broken/pyproject.toml': pyproject('broken') });
      },
    ],
    [
      'a project goes',
      (at) => {
        rmSync(join(at, 'twin-b'), { recursive: true });
      },
    ],
    [
      'a project comes',
      (at) => {
        writeFiles(at, { 'new/pyproject.toml': pyproject('new', ['core']) });
      },
    ],
    [
      'a project has another name',
      (at) => {
        writeFiles(at, { 'kit/project.json': '{"name": "kit"}' });
      },
    ],
    [
      'a distribution has another name',
      (at) => {
        writeFiles(at, { 'core/pyproject.toml': pyproject('center') });
      },
    ],
    [
      'a name is free again',
      (at) => {
        writeFiles(at, { 'web/shop/package.json': '{"name": "outer"}' });
      },
    ],
    [
      'workspaces of npm change',
      (at) => {
        writeFiles(at, { 'package.json': '{"workspaces": []}' });
      },
    ],
    [
      'a lock changes',
      (at) => {
        writeFiles(at, { 'shop/locks/runtime.txt': lockText('six', '1.17.0', ['b'.repeat(64)]) });
      },
    ],
    [
      'a lock comes',
      (at) => {
        writeFiles(at, { 'kit/locks/build/kit.txt': lockText('pip', '1', ['b'.repeat(64)]) });
      },
    ],
    [
      'tests come',
      (at) => {
        writeFiles(at, { 'shop/tests/deep/test_shop.py': '' });
      },
    ],
    [
      'tests come in a package',
      (at) => {
        writeFiles(at, { 'shop/shop/__init__.py': '', 'shop/shop/test_a.py': 'def test_a(): pass\n' });
      },
    ],
    [
      'tests go',
      (at) => {
        rmSync(join(at, 'core/tests/test_core.py'));
      },
    ],
    [
      'a directory becomes a package',
      (at) => {
        writeFiles(at, { 'core/inner/__init__.py': '' });
      },
    ],
    [
      'a target is described',
      (at) => {
        writeFiles(at, { 'shop/project.json': '{"targets": {"test": {}}}' });
      },
    ],
    [
      'a name that is taken is on another line',
      (at) => {
        writeFiles(at, { 'twin-b/pyproject.toml': `\n${pyproject('Twin')}` });
      },
    ],
    [
      'a settings file becomes a project',
      (at) => {
        writeFiles(at, { 'settings/pyproject.toml': pyproject('settings') });
      },
    ],
  ])('is not stale when %s', async (_what, change) => {
    const workspace = directory(ILL_KEPT);
    const before = await graphOf(workspace);
    change(workspace);
    const after = await graphOf(workspace);
    expect(after).not.toEqual(before);
    expect(after).toEqual(await freshGraphOf(workspace));
  });

  it('is not stale by an option, by nx.json, or by a variable that requirements name', async () => {
    const workspace = directory(ILL_KEPT);
    gitInit(workspace);
    await graphOf(workspace);
    const options = { lock: { targetName: 'pin' }, testExtras: [] };
    const [remembered, fresh] = [await graphOf(workspace, options), await freshGraphOf(workspace, options)];
    expect(remembered).toEqual(fresh);
    expect(JSON.stringify(remembered.nodes)).toContain('"pin"');
    writeFiles(workspace, { 'nx.json': '{"plugins": [{"plugin": "@wheelhouse/build", "options": {"lock": 1}}]}' });
    expect(await graphOf(workspace, { lock: 1 })).toEqual(await freshGraphOf(workspace, { lock: 1 }));
    process.env.TOKEN = 'user';
    try {
      expect(await graphOf(workspace)).toEqual(await freshGraphOf(workspace));
      for (const file of readdirSync(join(workspace, '.nx/workspace-data'))) {
        expect(readFileSync(join(workspace, '.nx/workspace-data', file), 'utf8')).not.toContain('user@index');
      }
    } finally {
      delete process.env.TOKEN;
    }
  });

  it('is one for all entries of nx.json', async () => {
    const [one, two] = [{ testInclude: ['x/**'] }, { exclude: ['y/**'] }];
    const plugins = [
      { plugin: '@wheelhouse/build', options: one, include: ['shop/**'] },
      { plugin: '@wheelhouse/build', options: two, include: ['core/**'] },
    ];
    const workspace = directory({ ...ILL_KEPT, 'nx.json': JSON.stringify({ plugins }) });
    gitInit(workspace);
    await new Promise((done) => setTimeout(done, 20));
    const ask = async (file: string, options: object): Promise<string> => {
      const context = { nxJsonConfiguration: {}, workspaceRoot: workspace };
      await createNodes[1]([file], options, context);
      return readFileSync(memo(workspace, 'places'), 'utf8');
    };
    // The first time makes the directory of the memo, which the root depends on.
    await ask('shop/pyproject.toml', one);
    const first = await ask('shop/pyproject.toml', one);
    expect(first).toContain('web/shop/package.json');
    expect(await ask('core/pyproject.toml', two)).toBe(first);
  });

  it('is not that of another version, nor one that is damaged', async () => {
    const workspace = directory({
      'nx.json': '{}',
      'a/pyproject.toml': pyproject('a'),
      'b/pyproject.toml': pyproject('b', ['a']),
    });
    // What is written in the moment that it is read is not remembered.
    await new Promise((done) => setTimeout(done, 20));
    const first = await graphOf(workspace);
    // What is remembered is wrong, and used as long as it is of this version.
    const nodes = readFileSync(memo(workspace, 'nodes'), 'utf8');
    writeFileSync(memo(workspace, 'nodes'), nodes.replace('"name":"b"', '"name":"wrong"'));
    expect(JSON.stringify(await graphOf(workspace))).toContain('"wrong"');
    for (const name of ['places', 'facts', 'nodes', 'edges']) {
      const text = readFileSync(memo(workspace, name), 'utf8');
      const other = text.replace(/"?0\.1\.0|^[0-9a-f]{8}/g, '9');
      expect(other).not.toBe(text);
      writeFileSync(memo(workspace, name), other);
    }
    expect(await graphOf(workspace)).toEqual(first);
    for (const name of ['places', 'facts', 'nodes', 'edges']) {
      writeFileSync(memo(workspace, name), readFileSync(memo(workspace, name), 'utf8').slice(0, -20));
    }
    expect(await graphOf(workspace)).toEqual(first);
    rmSync(memo(workspace, 'facts'));
    writeFiles(workspace, { 'b/pyproject.toml': pyproject('b') });
    expect((await graphOf(workspace)).edges).toEqual([]);
  });
});
