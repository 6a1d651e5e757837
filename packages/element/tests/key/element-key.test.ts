import { keyOf, type BuildSession, type Key } from '@wheelhouse/element';
import { testProject, type TestProject } from '../support/session.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();

const FILES = {
  // Keys run nothing, so this toolchain holds nothing.
  'host.bst': 'kind: host\nconfig:\n  directories:\n    (=): []\n  settings:\n    (=): []\n',
  'project.conf':
    'name: test\nmin-version: 2.4\nenvironment:\n  COLOUR: red\n  JOBS: "1"\nenvironment-nocache: [JOBS]\n',
  'app.bst': `kind: manual
description: An application
build-depends: [host.bst, data.bst, tool.bst]
runtime-depends: [late.bst]
variables:
  greeting: hello
environment:
  SIZE: large
public:
  bst:
    integration-commands: [ls]
sources:
- kind: local
  path: src
config:
  build-commands: [make]
`,
  'data.bst': 'kind: import\nsources:\n- kind: local\n  path: data\n',
  'tool.bst':
    'kind: import\nsources:\n- kind: local\n  path: tool\nenvironment:\n  MODE: fast\npublic:\n  bst:\n    integration-commands: [ls]\n',
  'late.bst': 'kind: import\nsources:\n- kind: local\n  path: late\n',
  'src/main.c': 'int main;',
  'data/file': 'data',
  'late/file': 'late',
  'tool/file': 'tool',
};

async function keys(project: TestProject): Promise<{ app: Key; session: BuildSession }> {
  const session = await project.open(['app.bst']);
  return { app: session.keys.key(session.element('app.bst')), session };
}

/** [what changes, the file, what is replaced, by what, whether the key changes] */
const mutations: readonly (readonly [string, string, string, string, boolean])[] = [
  ['a byte of a source', 'src/main.c', 'int', 'inT', true],
  ['a byte of what a build dependency holds', 'data/file', 'data', 'date', true],
  ['a byte of what a runtime dependency holds', 'late/file', 'late', 'lats', false],
  ['a command', 'app.bst', '[make]', '[make all]', true],
  ['a variable', 'app.bst', 'greeting: hello', 'greeting: hallo', true],
  ['an environment variable of the element', 'app.bst', 'SIZE: large', 'SIZE: small', true],
  ['an environment variable of the project', 'project.conf', 'COLOUR: red', 'COLOUR: blue', true],
  ['an environment variable that is not cached', 'project.conf', 'JOBS: "1"', 'JOBS: "2"', false],
  ['the environment that integration commands of a dependency see', 'tool.bst', 'MODE: fast', 'MODE: slow', true],
  ['public data', 'app.bst', '[ls]', '[ls -l]', true],
  ['the kind', 'data.bst', 'kind: import', 'kind: manual', true],
  ['where a source lies', 'app.bst', '  path: src', '  path: src\n  directory: below', true],
  ['where a dependency is staged', 'app.bst', 'data.bst, ', '{filename: data.bst, config: {location: /opt}}, ', true],
  [
    'the order in which dependencies are written',
    'app.bst',
    'build-depends: [host.bst, data.bst, tool.bst]',
    'build-depends: [tool.bst, data.bst, host.bst]',
    false,
  ],
  ['the ids of the sandbox', 'app.bst', 'description', 'sandbox:\n  build-uid: 5\ndescription', true],
  ['a description', 'app.bst', 'An application', 'The application', false],
  ['a comment', 'app.bst', 'kind: manual', '# words\nkind: manual', false],
];

test.each(mutations)('a change of %s', async (_what, file, from, to, changes) => {
  const project = testProject(path());
  project.write(FILES);
  const before = await keys(project);
  const text = FILES[file as keyof typeof FILES];
  expect(text).toContain(from);
  project.write({ [file]: text.replace(from, to) });
  expect((await keys(project)).app !== before.app).toBe(changes);
});

test('a key is the digest of its inputs, and the same in another process and place', async () => {
  const [one, two] = [testProject(path()), testProject(path())];
  one.write(FILES);
  two.write(FILES);
  const { app, session } = await keys(one);
  expect(app).toMatch(/^[0-9a-f]{64}$/);
  expect(keyOf(session.keys.inputs(session.element('app.bst')))).toBe(app);
  expect((await keys(two)).app).toBe(app);
});
