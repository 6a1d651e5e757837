import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, SourceServices, type MappingNode, type Source } from '@wheelhouse/element';
import { formatError, MemoryBlobStore, readDataFile, toMapping, walkTree } from '@wheelhouse/element/internal';
import { io } from '@wheelhouse/python/testing';
import { bundled } from '../../src/sources/bundled.js';
import { TEMPLATES } from '../../src/plan/elements-of-plan.js';

const PLACE = { file: 'probe.bst', line: 5, column: 8 };

function sourceOf(node: MappingNode): Source {
  const source = bundled.create({
    identity: { kind: 'bundled', formatVersion: 1 },
    name: 'probe.bst sources[0]',
    origin: PLACE,
    project: { name: 'workspace', directory: '/' },
    directory: '.',
    services: new SourceServices(),
  });
  source.configure(node);
  return source;
}

/** The sources of the kind `bundled` that templates have. */
const inTemplates = readdirSync(TEMPLATES)
  .filter((name) => name.endsWith('.bst'))
  .flatMap((name) =>
    (readDataFile(join(TEMPLATES, name)).node.sequence('sources')?.mappings() ?? [])
      .filter((node) => node.scalar('kind')?.asString() === 'bundled')
      .map((node) => ({ name, node })),
  );

test('there are templates with directories that are shipped', () => {
  expect(inTemplates.map(({ name }) => name).sort()).toEqual(['helpers.bst', 'probe.bst', 'runners.bst']);
});

test.each(inTemplates)('what $name asks for is there', async ({ node }) => {
  const blobs = new MemoryBlobStore();
  const source = sourceOf(node);
  await source.consistency();
  const tree = await source.fetch(blobs, io);
  const files: string[] = [];
  for await (const { path } of walkTree(blobs, tree)) files.push(path);
  const named = node
    .sequence('include')
    ?.scalars()
    .map((each) => each.asString());
  expect(files).toEqual(named ?? expect.arrayContaining([expect.stringMatching(/\.py$/)]));
});

test('a directory that is not shipped is refused', () => {
  let error: unknown;
  try {
    sourceOf(toMapping({ kind: 'bundled', path: '../interpreter' }, PLACE));
  } catch (thrown) {
    error = thrown;
  }
  expect(error instanceof ElementError && formatError(error)).toBe(
    'probe.bst [line 5 column 8]: unknown shipped directory `../interpreter`\n' +
      'hint: the directories are `helpers`, `runners`, `interpreter`',
  );
});
