import {
  type ActionBuilder,
  type ElementKind,
  type Json,
  type MappingNode,
  type SplitSelection,
} from '@wheelhouse/element';
import { PureElement, toMapping } from '@wheelhouse/element/internal';
import { openTestProject, type TestProject, type TestProjectOptions } from '@wheelhouse/element/testing';

/** Stages what it is built with by the selection in its configuration, and is that. */
class PickElement extends PureElement {
  private selection: SplitSelection = {};

  override configure(node: MappingNode): void {
    const list = (name: string): { readonly [name: string]: readonly string[] } =>
      node.has(name) ? { [name]: this.nodeSubstList(node, name) } : {};
    const orphans = this.nodeGetMember(node, 'bool', 'orphans', true);
    this.selection = { ...list('include'), ...list('exclude'), orphans };
  }

  override getUniqueKey(): Json {
    return { ...this.selection };
  }

  override stage(sandbox: ActionBuilder): void {
    sandbox.stageArtifacts(this.closure('build'), '/', this.selection);
  }
}

/** Is what it is built with, and says of it what the first of that says, and one thing more. */
class PassElement extends PureElement {
  override configure(): void {
    return;
  }

  override getUniqueKey(): Json {
    return 1;
  }

  override stage(sandbox: ActionBuilder): void {
    sandbox.stageArtifacts(this.closure('build'));
  }

  override assemble(sandbox: ActionBuilder): string {
    const [first] = this.closure('build');
    const below = first === undefined ? undefined : sandbox.publicData(first, 'bst');
    const rules = below?.mapping('split-rules')?.toPlain() ?? {};
    sandbox.setPublicData('bst', toMapping({ 'split-rules': { ...rules, late: ['/c/**'] } }, this.origin));
    return super.assemble(sandbox);
  }
}

const kinds: readonly ElementKind[] = [
  { kind: 'pick', formatVersion: 1, create: (meta) => new PickElement(meta) },
  { kind: 'pass', formatVersion: 1, create: (meta) => new PassElement(meta) },
];

const FILES = {
  'project.conf': 'name: test\nmin-version: 2.4\nvariables: {a: /a}\n',
  'files/a/one': '1',
  'files/a/sub/two': '2',
  'files/b/three': '3',
  'files/c/empty/x': 'x',
  'data.bst': `kind: import
sources: [{kind: local, path: files}]
public:
  bst:
    split-rules:
      first: ["%{a}", "%{a}/**"]
      second: ["/a/sub/*", "/b/*"]
`,
};

const projects: TestProject[] = [];

afterEach(async () => {
  for (const project of projects.splice(0)) await project.dispose();
});

async function open(options: TestProjectOptions): Promise<TestProject> {
  const project = await openTestProject({ plugins: [{ elements: kinds }], ...options });
  projects.push(project);
  return project;
}

async function pathsOf(project: TestProject, name: string): Promise<string[]> {
  return (await project.artifactOf(name)).map(({ path }) => path).sort();
}

describe('staging a part of an artifact', () => {
  it.each<[string, readonly string[]]>([
    ['{}', ['a', 'a/one', 'a/sub', 'a/sub/two', 'b', 'b/three', 'c', 'c/empty', 'c/empty/x']],
    ['{include: [first], orphans: false}', ['a', 'a/one', 'a/sub', 'a/sub/two']],
    ['{include: [second], orphans: false}', ['a', 'a/sub', 'a/sub/two', 'b', 'b/three']],
    ['{include: [first], exclude: [second], orphans: false}', ['a', 'a/one', 'a/sub']],
    ['{exclude: [second]}', ['a', 'a/one', 'a/sub', 'b', 'c', 'c/empty', 'c/empty/x']],
    ['{orphans: false}', ['a', 'a/one', 'a/sub', 'a/sub/two', 'b', 'b/three']],
    ['{include: [unknown], orphans: false}', []],
    ['{include: [unknown]}', ['b', 'c', 'c/empty', 'c/empty/x']],
  ])('%s', async (selection, paths) => {
    const project = await open({
      files: { ...FILES, 'app.bst': `kind: pick\nbuild-depends: [data.bst]\nconfig: ${selection}\n` },
      targets: ['app.bst'],
    });
    await project.build();
    expect(await pathsOf(project, 'app.bst')).toEqual(paths);
  });
});

describe('the public data of a record', () => {
  const files = {
    ...FILES,
    'pass.bst': 'kind: pass\nbuild-depends: [data.bst]\npublic: {own: {said: "%{a}"}}\n',
    'app.bst': 'kind: pick\nbuild-depends: [pass.bst]\nconfig: {include: [late], orphans: false}\n',
  };

  it('is what the build left, and what others are staged by', async () => {
    const project = await open({ files, targets: ['app.bst'] });
    await project.build();
    expect(project.recordOf('data.bst').public).toMatchObject({
      bst: { 'split-rules': { first: ['/a', '/a/**'], second: ['/a/sub/*', '/b/*'] } },
    });
    const { own, bst } = project.recordOf('pass.bst').public ?? {};
    expect(own).toEqual({ said: '/a' });
    expect(bst).toEqual({
      'split-rules': expect.objectContaining({ first: ['/a', '/a/**'], late: ['/c/**'] }) as unknown,
    });
    expect(await pathsOf(project, 'app.bst')).toEqual(['c', 'c/empty', 'c/empty/x']);
  });

  it('is found in the store by those that are built later', async () => {
    const first = await open({ files, targets: ['pass.bst'] });
    await first.build();
    const second = await open({ files, targets: ['app.bst'], store: first.store });
    const outcomes = await second.build();
    expect(outcomes.map(({ element, status }) => [element.name, status])).toEqual([
      ['pass.bst', 'cached'],
      ['app.bst', 'built'],
    ]);
    expect(await pathsOf(second, 'app.bst')).toEqual(['c', 'c/empty', 'c/empty/x']);
  });
});
