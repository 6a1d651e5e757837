import { chmodSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceServices } from '@wheelhouse/element';
import {
  BubblewrapSandbox,
  BuildSession,
  coreElements,
  coreSources,
  diskDocuments,
  LocalStore,
  ParsedDocuments,
  parseYaml,
  PluginRegistry,
  Scheduler,
} from '@wheelhouse/element/internal';
import { errorText, projectDirectory, rejectionText } from '../project-directory.js';
import { temporaryPaths } from '../../support/temporary.js';

const path = temporaryPaths();
const TEXT = 'a: [x, "y z", null, {b: ""}]\n# more\nc:\n  d: |\n    two\n    lines\n  "":\n';

/** The memo's file with another text for what a document says: what comes of it was not parsed. */
function rewrite(file: string, from: string, to: string): void {
  const memo = new ParsedDocuments(file, '1');
  memo.parse(TEXT, 'any.bst');
  memo.save();
  const lines = readFileSync(file, 'utf8');
  expect(lines).toContain(from);
  writeFileSync(file, lines.replaceAll(from, to));
}

describe('ParsedDocuments', () => {
  it('gives what parsing gives, with its places, the first time and every other', () => {
    const file = path();
    const plain = parseYaml(TEXT, 'app.bst', 'sub.bst');
    const first = new ParsedDocuments(file, '1');
    expect(first.parse(TEXT, 'app.bst', 'sub.bst')).toEqual(plain);
    expect(first.parse(TEXT, 'app.bst', 'sub.bst')).toEqual(plain);
    first.save();
    const second = new ParsedDocuments(file, '1');
    expect(second.parse(TEXT, 'app.bst', 'sub.bst')).toEqual(plain);
    expect(second.parse(TEXT, 'other.bst')).toEqual(parseYaml(TEXT, 'other.bst'));
    expect([...second.parse(TEXT, 'app.bst').entries.keys()]).toEqual(['a', 'c']);
  });

  it('does not write if nothing is new, and keeps what other processes have written', () => {
    const file = path();
    const [one, other] = [new ParsedDocuments(file, '1'), new ParsedDocuments(file, '1')];
    one.parse('a: 1\n', 'a.bst');
    other.parse('b: 1\n', 'b.bst');
    one.save();
    other.save();
    const before = statSync(file);
    const third = new ParsedDocuments(file, '1');
    third.parse('a: 1\n', 'a.bst');
    third.parse('b: 1\n', 'b.bst');
    third.save();
    expect(statSync(file).ino).toBe(before.ino);
  });

  it('ignores a file that was damaged', () => {
    const file = path();
    rewrite(file, 'y z', 'y x');
    expect(new ParsedDocuments(file, '1').parse(TEXT, 'app.bst')).toEqual(parseYaml(TEXT, 'app.bst'));
    writeFileSync(file, '');
    expect(new ParsedDocuments(file, '1').parse(TEXT, 'app.bst')).toEqual(parseYaml(TEXT, 'app.bst'));
  });

  it('ignores what another version has parsed', () => {
    const file = path();
    const old = new ParsedDocuments(file, '1');
    old.parse(TEXT, 'app.bst');
    old.save();
    const head = readFileSync(file, 'utf8').split('\n')[0];
    const fresh = new ParsedDocuments(file, '2');
    fresh.parse(TEXT, 'app.bst');
    fresh.save();
    expect(readFileSync(file, 'utf8').split('\n')[0]).not.toBe(head);
  });

  it('throws the errors of a text each time', () => {
    const file = path();
    const bad = 'a: 1\na: 2\n';
    const expected = errorText(() => parseYaml(bad, 'app.bst'));
    const memo = new ParsedDocuments(file, '1');
    expect(errorText(() => memo.parse(bad, 'app.bst'))).toBe(expected);
    memo.save();
    expect(errorText(() => new ParsedDocuments(file, '1').parse(bad, 'app.bst'))).toBe(expected);
  });
});

const FILES = {
  'project.conf': 'name: test\nmin-version: 2.4\nenvironment:\n  COLOUR: red\n',
  'app.bst': 'kind: manual\nbuild-depends: [data.bst]\nconfig:\n  build-commands: [make]\n',
  'data.bst': 'kind: import\nsources:\n- kind: local\n  path: data\n',
  'data/file': 'text',
};

/** [what changes, what does it] */
const CHANGES: readonly (readonly [string, (at: (name: string) => string) => void])[] = [
  [
    'the text of an element',
    (at) => {
      replace(at('app.bst'), '[make]', '[moke]');
    },
  ],
  [
    'the environment of the project',
    (at) => {
      replace(at('project.conf'), 'red', 'tan');
    },
  ],
  [
    'the text of a dependency',
    (at) => {
      replace(at('data.bst'), '  path: data', '  path: data\n  directory: below');
    },
  ],
  [
    'the file of a source',
    (at) => {
      replace(at('data/file'), 'text', 'test');
    },
  ],
  [
    'the file of a source, with its time put back',
    (at) => {
      const { atime, mtime } = statSync(at('data/file'));
      replace(at('data/file'), 'text', 'test');
      utimesSync(at('data/file'), atime, mtime);
    },
  ],
  [
    'the mode of a source',
    (at) => {
      chmodSync(at('data/file'), 0o755);
    },
  ],
  [
    'an element, by one that is moved over it',
    (at) => {
      writeFileSync(at('new'), FILES['app.bst'].replace('[make]', '[moke]'));
      utimesSync(at('new'), statSync(at('app.bst')).atime, statSync(at('app.bst')).mtime);
      renameSync(at('new'), at('app.bst'));
    },
  ],
];

function replace(file: string, from: string, to: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

/** The key of app.bst. @param store holds the memos */
async function keyOf(directory: string, store: LocalStore): Promise<string> {
  const parsed = new ParsedDocuments(store.memo('documents'), '1');
  const registry = new PluginRegistry(new SourceServices(store, process.env.PATH ?? '')).register({
    elements: coreElements({ memo: (name) => store.memo(name), verify: false }),
    sources: coreSources,
  });
  const session = await BuildSession.open(
    {
      store,
      sandbox: new BubblewrapSandbox({ store, path: process.env.PATH ?? '' }),
      scheduler: new Scheduler({ slots: store.slots }),
      listener: () => undefined,
      signal: new AbortController().signal,
      retryFailed: false,
    },
    { documents: diskDocuments(directory, { parsed }), directory, targets: ['app.bst'], registry },
  );
  parsed.save();
  return session.keys.key(session.element('app.bst'));
}

describe('a key, with memos of an earlier run', () => {
  it.each(CHANGES)('follows %s', async (_what, change) => {
    const directory = projectDirectory(FILES);
    const at = (name: string): string => join(directory, name);
    // Old enough for the memo of files to know them.
    for (const name of Object.keys(FILES)) utimesSync(at(name), 1e9, 1e9);
    const warm = LocalStore.open(path());
    const before = await keyOf(directory, warm);
    expect(await keyOf(directory, warm)).toBe(before);
    change(at);
    const after = await keyOf(directory, warm);
    expect(after).not.toBe(before);
    expect(after).toBe(await keyOf(directory, LocalStore.open(path())));
  });

  it('is an error as without them when a document is gone', async () => {
    const directory = projectDirectory(FILES);
    const warm = LocalStore.open(path());
    await keyOf(directory, warm);
    renameSync(join(directory, 'data.bst'), join(directory, 'other.bst'));
    const message = await rejectionText(() => keyOf(directory, warm), directory);
    expect(message).toBe(await rejectionText(() => keyOf(directory, LocalStore.open(path())), directory));
    expect(message).toContain('data.bst');
  });
});
