import { MemoryBlobStore, walkTree } from '@wheelhouse/element';
import { projectDirectory } from '../load/project-directory.js';
import { resolve } from '../resolve/resolve.js';

test('a text source is one file with the text of the element', async () => {
  const directory = projectDirectory({
    'project.conf': 'name: test\nmin-version: 2.0\n',
    'app.bst': 'kind: import\nsources:\n- kind: text\n  name: note\n  text: hello\n',
  });
  const source = (await resolve(directory, ['app.bst'])).targets[0]?.sources[0];
  const blobs = new MemoryBlobStore();
  const tree = await source!.fetch(blobs, { log: { write: () => undefined }, signal: new AbortController().signal });
  const entries = [];
  for await (const { path, type } of walkTree(blobs, tree)) entries.push([path, type]);
  expect(entries).toEqual([['note', 'file']]);
});
