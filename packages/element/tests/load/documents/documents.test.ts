import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type MappingNode } from '@wheelhouse/element';
import {
  diskDocuments,
  layeredDocuments,
  memoryDocuments,
  parseYaml,
  type Documents,
} from '@wheelhouse/element/internal';
import { projectDirectory, rejectionText } from '../project-directory.js';

/** What a document holds. */
async function plain(documents: Documents, path: string): Promise<unknown> {
  return (await documents.read(path))?.toPlain();
}

describe('diskDocuments', () => {
  it('reads, inspects and lists what is in the directory', async () => {
    const directory = projectDirectory({ 'b/c.bst': 'kind: c', 'a.bst': 'kind: a' });
    symlinkSync('a.bst', join(directory, 'link.bst'));
    const documents = diskDocuments(directory);
    expect(await plain(documents, './b//c.bst')).toEqual({ kind: 'c' });
    expect(await documents.read('absent.bst')).toBeUndefined();
    expect(await documents.read('a.bst/below')).toBeUndefined();
    expect(await Promise.all(['a.bst', 'b', 'link.bst', 'absent'].map((path) => documents.kind(path)))).toEqual([
      'file',
      'directory',
      'symlink',
      undefined,
    ]);
    expect(await documents.list('.')).toEqual(['a.bst', 'b/c.bst', 'link.bst']);
    expect(await documents.list('b')).toEqual(['b/c.bst']);
  });

  it('refuses what leads out of the directory, and directories', async () => {
    const directory = projectDirectory({});
    mkdirSync(join(directory, 'd'));
    const documents = diskDocuments(directory);
    expect(await rejectionText(() => documents.read('d/../../x'))).toBe(
      'Path `d/../../x` leads outside of the project directory',
    );
    expect(await rejectionText(() => documents.kind('/etc/passwd'))).toBe(
      'Path `/etc/passwd` leads outside of the project directory',
    );
    expect(await rejectionText(() => documents.read('d'), directory)).toBe('@PROJECT@/d is a directory');
  });

  it('says by which junction the project is reached wherever it names a place', async () => {
    const directory = projectDirectory({ 'a.bst': 'kind: [', 'elements/b.bst': 'kind: b', 'c.bst': '' });
    const documents = diskDocuments(directory, { junction: 'sub.bst:deeper.bst' });
    const origin = { file: 'b.bst', junction: 'sub.bst:deeper.bst', line: 1, column: 6 };
    expect((await documents.read('elements/b.bst', 'b.bst'))?.get('kind')?.origin).toEqual(origin);
    expect((await documents.read('c.bst'))?.origin).toEqual({ ...origin, file: 'c.bst', column: 0 });
    expect(await rejectionText(() => documents.read('a.bst'))).toMatch(
      /^sub\.bst:deeper\.bst:a\.bst \[line 1 column 7\]: Severely malformed YAML: /,
    );
  });
});

describe('memoryDocuments', () => {
  it('are nodes as they are, and texts that are parsed when they are read', async () => {
    const node = parseYaml('kind: x', 'template');
    const documents = memoryDocuments(
      new Map<string, MappingNode | string>([
        ['./a.bst', node],
        ['new/deep/b.bst', 'kind: y'],
        ['bad.bst', 'a: &x b'],
      ]),
    );
    expect(await documents.read('a.bst')).toBe(node);
    const text = await documents.read('new//deep/b.bst', 'b.bst');
    expect(text?.get('kind')?.origin).toEqual({ file: 'b.bst', line: 1, column: 6 });
    expect(await rejectionText(() => documents.read('bad.bst'))).toBe(
      'bad.bst [line 1 column 6]: Anchors are disallowed',
    );
    expect(await documents.read('absent')).toBeUndefined();
    expect(
      await Promise.all(['.', 'new', 'new/deep', 'new/deep/b.bst', 'ne'].map((path) => documents.kind(path))),
    ).toEqual(['directory', 'directory', 'directory', 'file', undefined]);
    expect(await documents.list('new')).toEqual(['new/deep/b.bst']);
    expect(await rejectionText(() => documents.read('../x'))).toBe(
      'Path `../x` leads outside of the project directory',
    );
  });
});

describe('layeredDocuments', () => {
  it('hides what is below', async () => {
    const upper = memoryDocuments(
      new Map([
        ['a.bst', 'kind: above'],
        ['new/b.bst', 'kind: b'],
      ]),
    );
    const directory = projectDirectory({ 'a.bst': 'kind: below', 'z.bst': 'kind: z' });
    const documents = layeredDocuments(diskDocuments(directory, { junction: 'sub.bst' }), upper);
    expect(documents.junction).toBe('sub.bst');
    expect(await plain(documents, 'a.bst')).toEqual({ kind: 'above' });
    expect(await plain(documents, 'z.bst')).toEqual({ kind: 'z' });
    expect(await documents.kind('new')).toBe('directory');
    expect(await documents.kind('new/b.bst')).toBe('file');
    expect(await documents.list('.')).toEqual(['a.bst', 'new/b.bst', 'z.bst']);
    expect(await documents.list('new')).toEqual(['new/b.bst']);
  });
});
