import { setTimeout as sleep } from 'node:timers/promises';
import {
  Source,
  type BlobStore,
  type Consistency,
  type Digest,
  type Io,
  type Json,
  type MappingNode,
  type PreviousSourcesUse,
  type SourceBatch,
  type SourceIo,
  type SourceKind,
  type StageIo,
} from '@wheelhouse/element';
import { emptyTree, openTree, trackSources, writeBlob, writeTree } from '@wheelhouse/element/internal';
import { openTestProject, type TestProject } from '@wheelhouse/element/testing';

/** What the sources of a test did, in its order. */
let calls: string[] = [];
let running = 0;
let mostRunning = 0;
const projects: TestProject[] = [];
beforeEach(() => {
  [calls, running, mostRunning] = [[], 0, 0];
});
afterEach(async () => {
  for (const project of projects.splice(0)) await project.dispose();
});

/** One file with a text. Its content is elsewhere until it is fetched. */
class RemoteFile extends Source {
  protected file = '';
  protected text = '';
  protected tool = '';

  override configure(node: MappingNode): void {
    this.nodeValidate(node, ['file', 'text', 'tool']);
    this.file = this.nodeGetMember(node, 'str', 'file');
    this.text = this.nodeGetMember(node, 'str', 'text', '');
    this.tool = this.nodeGetMember(node, 'str', 'tool', '');
  }

  override preflight(): void {
    calls.push(`preflight ${this.file}`);
    if (this.tool !== '') this.getHostTool(this.tool, `install ${this.tool}`);
  }

  override consistency(): Promise<Consistency> {
    calls.push(`consistency ${this.file}`);
    return Promise.resolve('resolved');
  }

  override getUniqueKey(): Json {
    return [this.file, this.text];
  }

  override async fetch(to: BlobStore, io: SourceIo): Promise<Digest> {
    calls.push(`fetch ${this.file}`);
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    await sleep(20, undefined, { signal: io.signal });
    running -= 1;
    return await this.tree(to, this.text);
  }

  protected async tree(to: BlobStore, text: string): Promise<Digest> {
    const digest = await writeBlob(to, text);
    const files = new Map([[this.file, { name: this.file, digest, isExecutable: false }]]);
    return await writeTree(to, { ...emptyTree(), files });
  }
}

/** Lists the names of the files that earlier sources staged. */
class Listing extends RemoteFile {
  override readonly requiresPreviousSources: readonly PreviousSourcesUse[] = ['fetch', 'track'];

  override async fetch(to: BlobStore, io: SourceIo): Promise<Digest> {
    calls.push(`fetch ${this.file}`);
    return await this.tree(to, await this.names(to, io));
  }

  override async track(io: SourceIo): Promise<Json> {
    return await this.names(this.services.store.blobs, io);
  }

  private async names(blobs: BlobStore, { previous }: SourceIo): Promise<string> {
    if (previous === undefined) throw new Error('the earlier sources were not given');
    return [...(await openTree(blobs, previous)).files.keys()].join(' ');
  }
}

/** Renames every file of its directory, and adds its own. */
class Renaming extends RemoteFile {
  override async stage(to: BlobStore, { content, previous }: StageIo): Promise<Digest> {
    const [own, before] = [await openTree(to, content), await openTree(to, previous)];
    const files = new Map([...before.files.values()].map((node) => [`${node.name}.old`, node]));
    return await writeTree(to, {
      ...emptyTree(),
      files: new Map([...[...files].map(([name, node]) => [name, { ...node, name }] as const), ...own.files]),
    });
  }
}

/** Is fetched with all others of its kind. */
class Batched extends RemoteFile {
  override readonly batch: SourceBatch = fetchBatch;

  override async fetch(to: BlobStore): Promise<Digest> {
    return await this.tree(to, this.text);
  }

  get name_(): string {
    return this.file;
  }
}

function fetchBatch(sources: readonly Source[], _to: BlobStore, _io: Io): Promise<void> {
  calls.push(`batch ${sources.map((source) => (source instanceof Batched ? source.name_ : '?')).join(' ')}`);
  return Promise.resolve();
}

function kind(name: string, type: new (meta: never) => Source): SourceKind {
  return { kind: name, formatVersion: 1, create: (meta) => new type(meta as never) };
}

async function open(files: Readonly<Record<string, string>>): Promise<TestProject> {
  const sources = [
    kind('file', RemoteFile),
    kind('listing', Listing),
    kind('renaming', Renaming),
    kind('batched', Batched),
  ];
  const project = await openTestProject({
    files: { 'project.conf': 'name: test\nmin-version: 2.4\n', ...files },
    plugins: [{ sources }],
  });
  projects.push(project);
  return project;
}

/** An element that is the files of some sources. */
function imported(...sources: readonly string[]): string {
  return `kind: import\nsources:\n${sources.map((source) => `- ${source}\n`).join('')}`;
}

async function paths(project: TestProject, element: string): Promise<string[]> {
  return (await project.artifactOf(element)).map(({ path }) => path);
}

test('a source is asked what it needs, then what is known of it, and its content only when it is built', async () => {
  const project = await open({ 'a.bst': imported('{kind: file, file: x}') });
  expect(calls).toEqual(['preflight x', 'consistency x']);
  await project.build();
  expect(calls).toEqual(['preflight x', 'consistency x', 'fetch x']);
});

test('a program that is not on PATH is said with how to get it, and such a source is not asked on', async () => {
  await expect(open({ 'a.bst': imported('{kind: file, file: x, tool: no-such-tool}') })).rejects.toMatchObject({
    code: 'HOST_TOOL',
    message: `Did not find \`no-such-tool\` in PATH: ${process.env.PATH ?? ''}`,
    hint: 'install no-such-tool',
  });
  expect(calls).toEqual(['preflight x']);
});

test('a source that needs what earlier ones staged is fetched after them, and given their tree', async () => {
  const project = await open({
    'a.bst': imported('{kind: file, file: x}', '{kind: file, file: y}', '{kind: listing, file: z}'),
  });
  await project.build();
  expect(calls.at(-1)).toBe('fetch z');
  expect(await project.readArtifact('a.bst', 'z')).toBe('x y');
});

test('a source that changes what is staged makes the tree of its directory anew', async () => {
  const project = await open({
    'a.bst': imported(
      '{kind: file, file: x}',
      '{kind: file, file: y, directory: sub/dir}',
      '{kind: renaming, file: z, directory: sub/dir}',
    ),
    'b.bst': imported('{kind: file, file: x}', '{kind: renaming, file: z}'),
  });
  await project.build();
  expect(await paths(project, 'a.bst')).toEqual(['x', 'sub', 'sub/dir', 'sub/dir/y.old', 'sub/dir/z']);
  expect(await paths(project, 'b.bst')).toEqual(['x.old', 'z']);
});

test('sources of a kind that can are fetched together, even of different elements', async () => {
  const project = await open({
    'a.bst': imported('{kind: batched, file: x}', '{kind: batched, file: y}'),
    'b.bst': imported('{kind: batched, file: z}'),
  });
  await project.build();
  expect(calls.filter((call) => !call.includes('preflight') && !call.includes('consistency'))).toEqual(['batch x y z']);
  expect(await paths(project, 'a.bst')).toEqual(['x', 'y']);
});

test('the pool of fetches is shared by all kinds, and what two elements name is fetched once', async () => {
  const files = Array.from({ length: 20 }, (_, index) => `{kind: file, file: f${index}}`);
  const project = await open({ 'a.bst': imported(...files), 'b.bst': imported('{kind: file, file: f0}') });
  await project.build();
  expect(mostRunning).toBe(8);
  expect(calls.filter((call) => call === 'fetch f0')).toHaveLength(1);
});

test('a source that tracks returns its newest ref, from what earlier sources staged', async () => {
  const project = await open({
    'a.bst': imported('{kind: file, file: x}', '{kind: file, file: y}', '{kind: listing, file: z}'),
  });
  const io = { signal: new AbortController().signal, log: { write: () => undefined } };
  const element = project.element('a.bst');
  const tracked = await trackSources(element, { blobs: project.store.blobs, io });
  expect(tracked).toEqual([{ source: element.sources[2], ref: 'x y' }]);
});
