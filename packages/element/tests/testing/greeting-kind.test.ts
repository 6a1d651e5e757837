import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { formatError, LocalStore } from '@wheelhouse/element/internal';
import { openTestProject, type TestProject } from '@wheelhouse/element/testing';
import { temporaryPaths } from '../support/temporary.js';

const DIRECTORY = join(__dirname, '../../../../examples/elements');
const FILE = 'elements/greeting.bst';
const GREETING = readFileSync(join(DIRECTORY, FILE), 'utf8');

const path = temporaryPaths();
const opened: TestProject[] = [];
let store: LocalStore;

beforeAll(() => {
  store = LocalStore.open(path());
});

afterEach(async () => {
  for (const project of opened.splice(0)) await project.dispose();
});

async function open(greeting: string = GREETING): Promise<TestProject> {
  const project = await openTestProject({ directory: DIRECTORY, files: { [FILE]: greeting }, store });
  opened.push(project);
  return project;
}

async function refusal(greeting: string): Promise<string> {
  const error: unknown = await open(greeting).catch((reason: unknown) => reason);
  if (!(error instanceof ElementError)) throw error;
  return formatError(error);
}

function replaced(from: string, to: string): string {
  expect(GREETING).toContain(from);
  return GREETING.replace(from, to);
}

describe('the configuration of kind `greeting`', () => {
  test('a language without a greeting is refused at its place', async () => {
    expect(await refusal(replaced('language: en', 'language: nl'))).toBe(
      ['greeting.bst [line 6 column 12]: There is no greeting in `nl`', 'hint: use `de`, `en`, `fr`'].join('\n'),
    );
  });

  test('a recipient that does not fit into a string of C is refused at its place', async () => {
    expect(await refusal(replaced('- world', '- wor"ld'))).toBe(
      'greeting.bst [line 8 column 4]: `wor"ld` is not a name of letters and spaces',
    );
  });

  test('an element without recipients is refused', async () => {
    expect(await refusal(replaced('  recipients:\n  - world\n  - Wheelhouse\n', ''))).toBe(
      [
        'greeting.bst [line 1 column 0]: greeting.bst: there is nobody to greet',
        'hint: name someone in `recipients`',
      ].join('\n'),
    );
  });

  test('a key that neither the kind nor build elements know is refused', async () => {
    expect(await refusal(replaced('language: en', 'tongue: en'))).toMatch(
      /^greeting\.bst \[line 6 column 10\]: Unexpected key: tongue/,
    );
  });
});

describe('the key of kind `greeting`', () => {
  test('another language gives another key to the element and to what is built with it', async () => {
    const [before, after] = [await open(), await open(replaced('language: en', 'language: de'))];
    for (const name of ['greeting.bst', 'hello.bst', 'check.bst']) {
      expect(after.keyOf(name)).not.toBe(before.keyOf(name));
    }
    for (const name of ['toolchain.bst', 'colophon.bst']) expect(after.keyOf(name)).toBe(before.keyOf(name));
  });

  test('another order of recipients gives another key', async () => {
    const after = await open(replaced('- world\n  - Wheelhouse', '- Wheelhouse\n  - world'));
    expect(after.keyOf('greeting.bst')).not.toBe((await open()).keyOf('greeting.bst'));
  });

  test('another description gives the same key', async () => {
    const after = await open(GREETING.replace(/^description: .*$/m, 'description: Something else'));
    expect(after.element('greeting.bst').description).toBe('Something else');
    expect(after.keyOf('greeting.bst')).toBe((await open()).keyOf('greeting.bst'));
  });

  test('the language that is the default gives the same key when it is written out', async () => {
    const after = await open(replaced('  language: en\n', ''));
    expect(after.keyOf('greeting.bst')).toBe((await open()).keyOf('greeting.bst'));
  });
});

describe('an artifact of kind `greeting`', () => {
  test('it is the header alone', async () => {
    const project = await open();
    await project.build();
    expect((await project.artifactOf('greeting.bst')).map(({ type, path: at }) => `${type} ${at}`)).toEqual([
      'directory opt',
      'directory opt/hello',
      'directory opt/hello/include',
      'file opt/hello/include/greeting.h',
    ]);
    expect(await project.readArtifact('greeting.bst', 'opt/hello/include/greeting.h')).toBe(
      '#define GREETING "Hello"\nstatic const char *const recipients[] = {"world", "Wheelhouse"};\n',
    );
  });

  test('a program that is compiled with it says what it holds', async () => {
    const project = await open();
    const outcomes = await project.build();
    expect(outcomes.filter(({ status }) => status === 'failed' || status === 'skipped')).toEqual([]);
    expect(await project.readArtifact('check.bst', 'opt/hello/share/doc/said.txt')).toBe(
      'Hello, world!\nHello, Wheelhouse!\nBuilt in a sandbox, from inputs that are named by their content.\n',
    );
  });

  test('its script writes the same header', async () => {
    const project = await open();
    expect(project.element('greeting.bst').generateScript()).toBe(
      [
        "(set -ex; cat > greeting.h <<'END'",
        '#define GREETING "Hello"',
        'static const char *const recipients[] = {"world", "Wheelhouse"};',
        'END',
        ') || exit 1',
        '(set -ex; install -D -m 644 greeting.h "/buildstream-install/opt/hello/include/greeting.h"',
        ') || exit 1',
        '',
      ].join('\n'),
    );
  });
});
