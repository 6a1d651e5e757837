import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wheelhouse } from '../support/command.js';
import { ELEMENTS } from '../support/element-project.js';
import { temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();
const KEY = /\b[0-9a-f]{12}\b/g;
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g;

interface Shown {
  readonly name: string;
  readonly key: string;
}

let project: string;
let environment: NodeJS.ProcessEnv;

function run(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = wheelhouse(args, { cwd: project, environment });
  if (exitCode !== 0) throw new Error(`${String(exitCode)}: ${stdout}\n${stderr}`);
  return stdout;
}

function why(...args: readonly string[]): string {
  return run('why', ...args)
    .replace(KEY, 'KEY')
    .replace(TIME, 'TIME');
}

function write(name: string, from: string, to: string): void {
  writeFileSync(join(project, name), String(ELEMENTS[name]).replace(from, to));
}

function keyOf(name: string): string {
  const shown = JSON.parse(run('show', '--format', 'json', name)) as readonly Shown[];
  return shown.find((each) => each.name === name)?.key ?? '';
}

beforeAll(() => {
  project = directory(ELEMENTS);
  environment = { WHEELHOUSE_CACHE_DIR: directory() };
});

test('without a record there is nothing to compare with', () => {
  expect(why('hello.bst')).toBe(
    [
      'hello.bst: KEY, not built',
      '  there is no other key to compare with: the store has no record of an earlier build',
      '  hint: ask again after the next build, or pass a key or a file with `--against`',
      '',
    ].join('\n'),
  );
});

describe('with records', () => {
  let first: string;

  beforeAll(() => {
    first = keyOf('hello.bst');
    run('build', 'hello.bst');
    write('hello.bst', 'test -f .hidden', 'test -f .hidden -a -f hello.c');
    run('build', 'hello.bst');
  });

  const changed = '    configuration `build-commands[1]`: `test -f .hidden` -> `test -f .hidden -a -f hello.c`\n';

  test('an element that is built says why it was built again', () => {
    expect(why('hello.bst')).toBe(
      `hello.bst: KEY, built\n  differs from KEY, the key of the build here at TIME, by\n${changed}`,
    );
  });

  test('a key is passed by some of its digits', () => {
    expect(why('--against', first.slice(0, 8), 'hello.bst')).toBe(
      `hello.bst: KEY, built\n  differs from KEY, built at TIME, by\n${changed}`,
    );
    expect(why('--against', keyOf('hello.bst'), 'hello.bst')).toBe(
      'hello.bst: KEY, built\n  the same key as KEY, built at TIME,\n',
    );
  });

  test('a build in another directory is compared with if there was none here', () => {
    const other = directory({ ...ELEMENTS, 'files/hello/.hidden': 'changed\n' });
    const { stdout } = wheelhouse(['why', 'hello.bst'], { cwd: other, environment });
    expect(stdout.replace(KEY, 'KEY').replace(TIME, 'TIME')).toBe(
      [
        'hello.bst: KEY, not built',
        '  differs from KEY, built with this store at TIME, by',
        '    configuration `build-commands[1]`: `test -f .hidden -a -f hello.c` -> `test -f .hidden`',
        '    file `files/hello/.hidden`: changed',
        '',
      ].join('\n'),
    );
  });

  test('programs get it as data', () => {
    const [explained] = JSON.parse(run('why', '--json', 'hello.bst')) as [Record<string, unknown>];
    expect(explained).toMatchObject({
      name: 'hello.bst',
      key: keyOf('hello.bst'),
      state: 'cached',
      against: { key: first, from: 'history', time: expect.stringMatching(/^\d{4}-.*Z$/) as string },
      causes: [
        {
          what: 'configuration',
          name: 'build-commands[1]',
          how: 'changed',
          before: 'test -f .hidden',
          after: 'test -f .hidden -a -f hello.c',
          text: changed.trim(),
          path: ['hello.bst'],
          others: 0,
        },
      ],
    });
  });

  test.each<[string, () => string[], string]>([
    [
      'a key that is of no record',
      () => ['--against', 'abcdef', 'hello.bst'],
      'wheelhouse why: the store has no record of a key `abcdef`\nhint: keys are compared by the records of this store; for those of another machine, pass a file that `wheelhouse why TARGET --export FILE` has written there\n',
    ],
    [
      'what is neither a key nor a file',
      () => ['--against', 'theirs.json', 'hello.bst'],
      'wheelhouse why: `theirs.json` is neither a key nor an existing file\nhint: a key has 64 hexadecimal digits, of which 4 or more may be passed\n',
    ],
    [
      'a file that is something else',
      () => ['--against', 'hello.bst', 'hello.bst'],
      '`hello.bst` is not a file of keys\nhint: write it on the other machine with `wheelhouse why TARGET --export FILE`\n',
    ],
    [
      'a key of another element',
      () => ['--against', first, 'broken.bst'],
      'wheelhouse why: `KEY` is a key of hello.bst, not of broken.bst\n',
    ],
    [
      'both a key and a file to write',
      () => ['--against', 'abcdef', '--export', 'mine.json', 'hello.bst'],
      'wheelhouse why: --against and --export exclude each other\nhint: `wheelhouse why --help` shows its usage\n',
    ],
    [
      'two targets',
      () => ['hello.bst', 'broken.bst'],
      'wheelhouse why: expected one target, got 2\nhint: `wheelhouse why --help` shows its usage\n',
    ],
  ])('%s is an error', (_what, args, message) => {
    const { exitCode, stderr } = wheelhouse(['why', ...args()], { cwd: project, environment });
    expect({ exitCode, stderr: stderr.replace(KEY, 'KEY') }).toEqual({ exitCode: 1, stderr: message });
  });
});
