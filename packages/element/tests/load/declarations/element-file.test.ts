import { diskDocuments, loadElementFile, loadProject, toMapping, type ElementFile } from '@wheelhouse/element/internal';
import { projectDirectory } from '../project-directory.js';

async function load(text: string): Promise<ElementFile> {
  const directory = projectDirectory({ 'project.conf': 'name: test\nmin-version: 2.0\n', 'app.bst': text });
  const documents = diskDocuments(directory);
  const project = await loadProject({ documents, directory, maxJobs: 1 });
  return await loadElementFile({ project, documents }, 'app.bst');
}

describe('loadElementFile', () => {
  it('reads every section of an element, with its place', async () => {
    const file = await load(
      `# An element
kind: manual
description: |
  What it is
depends:
- a.bst
- filename: [b.bst, c.bst]
  type: build
  config:
    location: /x
sources:
- kind: local
  path: files
  directory: sub
  provenance: {homepage: somewhere}
variables: {v: w}
environment: {E: f}
environment-nocache: [E]
sandbox: {build-uid: 1}
config: {build-commands: [make]}
public: {own: {data: [1]}}
`,
    );
    expect(file.origin).toEqual({ file: 'app.bst', line: 2, column: 0 });
    expect(file.kind).toBe('manual');
    expect(file.kindOrigin).toEqual({ file: 'app.bst', line: 2, column: 6 });
    expect(file.description).toBe('What it is');
    expect(
      file.dependencies.map(({ name, type, configs, origin }) => [
        name,
        type,
        configs.map((config) => config.toPlain()),
        `${origin.line}:${origin.column}`,
      ]),
    ).toEqual([
      ['a.bst', 'all', [], '6:2'],
      ['b.bst', 'build', [{ location: '/x' }], '7:2'],
      ['c.bst', 'build', [{ location: '/x' }], '7:2'],
    ]);
    expect(file.sources).toHaveLength(1);
    expect(file.sources[0]).toMatchObject({ kind: 'local', directory: 'sub' });
    expect(file.sources[0]?.config.toPlain()).toEqual({ path: 'files' });
    expect(file.sources[0]?.origin).toEqual({ file: 'app.bst', line: 12, column: 2 });
    expect(file.variables.toPlain()).toEqual({ v: 'w' });
    expect(file.environment.toPlain()).toEqual({ E: 'f' });
    expect(file.environmentNocache).toEqual(['E']);
    expect(file.sandbox.toPlain()).toEqual({ 'build-uid': '1' });
    expect(file.config.toPlain()).toEqual({ 'build-commands': ['make'] });
    expect(file.public.toPlain()).toEqual({ own: { data: ['1'] } });
  });

  it('holds nothing where nothing is written', async () => {
    expect(await load('kind: stack\n')).toMatchObject({
      description: '',
      dependencies: [],
      sources: [],
      environmentNocache: [],
    });
  });
});

describe('toMapping', () => {
  it('is the dictionary of plain data, all at one place', () => {
    const origin = { file: 'computed', line: 1, column: 0 };
    const node = toMapping({ a: 'b', l: ['c', { d: null }] }, origin);
    expect(node.toPlain()).toEqual({ a: 'b', l: ['c', { d: null }] });
    expect(node.sequence('l')?.mappings.bind(node.sequence('l'))).toThrow(
      "computed [line 1 column 0]: Value of '[0]' is not of the expected type 'dict'",
    );
    expect(node.sequence('l')?.items[1]?.origin).toBe(origin);
  });
});
