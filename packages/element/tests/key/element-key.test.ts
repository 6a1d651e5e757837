import type { Key } from '@wheelhouse/element';
import { ElementKeys, keyOf, type BuildSession, type RuleVersions } from '@wheelhouse/element/internal';
import { projectDirectory } from '../load/project-directory.js';
import { resolve } from '../resolve/resolve.js';
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
  ["the project's name", 'project.conf', 'name: test', 'name: best', true],
  ['the version of the format that the project is written for', 'project.conf', '2.4', '2.5', false],
  ['a fatal warning', 'project.conf', 'min', 'fatal-warnings: [overlaps]\nmin', true],
  ['the other fatal warning', 'project.conf', 'min', 'fatal-warnings: [unstaged-files]\nmin', true],
  ['all warnings being fatal', 'project.conf', 'min', 'fatal-warnings: True\nmin', true],
  ['no warning being fatal, written out', 'project.conf', 'min', 'fatal-warnings: []\nmin', false],
  [
    'a fatal warning that staging does not give',
    'project.conf',
    'min',
    'fatal-warnings: [ref-not-in-track]\nmin',
    false,
  ],
  ['a variable of the project', 'project.conf', 'min', 'variables: {prefix: /opt}\nmin', true],
  [
    'a variable of the project for the kind',
    'project.conf',
    'min',
    'elements: {manual: {variables: {x: y}}}\nmin',
    true,
  ],
  ['the environment for the kind', 'project.conf', 'min', 'elements: {manual: {environment: {X: y}}}\nmin', true],
  [
    'the configuration for the kind',
    'project.conf',
    'min',
    'elements: {manual: {config: {strip-commands: [x]}}}\nmin',
    true,
  ],
  ['public data for the kind', 'project.conf', 'min', 'elements: {manual: {public: {x: [y]}}}\nmin', true],
  ['the sandbox for the kind', 'project.conf', 'min', 'elements: {manual: {sandbox: {build-gid: 7}}}\nmin', true],
  ['overrides for another kind', 'project.conf', 'min', 'elements: {script: {variables: {x: y}}}\nmin', false],
  [
    'what is under the configuration of sources',
    'project.conf',
    'min',
    'sources: {local: {config: {path: tool}}}\nmin',
    false,
  ],
  ['the sandbox of the project', 'project.conf', 'min', 'sandbox: {build-uid: 7}\nmin', true],
  ['the split rules of the project', 'project.conf', 'min', 'split-rules: {extra: [/x]}\nmin', true],
  ['an environment variable that is cached no more', 'project.conf', '[JOBS]', '[JOBS, COLOUR]', true],
  ['an environment variable that is cached again', 'project.conf', '[JOBS]', '[]', true],
  ['a name that is not cached and not there', 'project.conf', '[JOBS]', '[JOBS, NONE]', false],
  [
    'aliases, mirrors and the shell',
    'project.conf',
    'min',
    'aliases: {a: b}\nmirrors: []\nshell: {command: [sh]}\nmin',
    false,
  ],
  ['the default targets', 'project.conf', 'min', 'defaults: {targets: [tool.bst]}\nmin', false],
  ['a configure command', 'app.bst', 'config:\n', 'config:\n  configure-commands: [x]\n', true],
  ['an install command', 'app.bst', 'config:\n', 'config:\n  install-commands: [x]\n', true],
  ['a strip command', 'app.bst', 'config:\n', 'config:\n  strip-commands: [x]\n', true],
  ['an empty command', 'app.bst', 'config:\n', 'config:\n  strip-commands: [""]\n', false],
  ['where a command ends and the next begins', 'app.bst', '[make]', '[make, ""]', false],
  ['one command that becomes two', 'app.bst', '[make]', '[ma, ke]', true],
  ['a command in another list', 'app.bst', 'build-commands', 'strip-commands', true],
  ['/dev/shm', 'app.bst', 'config:\n', 'config:\n  create-dev-shm: True\n', true],
  ['the directory of commands', 'app.bst', '  greeting', '  command-subdir: x\n  greeting', true],
  ['the install root', 'app.bst', '  greeting', '  install-root: /x\n  greeting', true],
  ['the build root', 'app.bst', '  greeting', '  build-root: /x\n  greeting', true],
  ['whether commands run in parallel', 'app.bst', '  greeting', '  notparallel: True\n  greeting', true],
  ['a whitelist of overlaps', 'app.bst', 'public:\n  bst:\n', 'public:\n  bst:\n    overlap-whitelist: [/x]\n', true],
  ['a split rule', 'app.bst', 'public:\n  bst:\n', 'public:\n  bst:\n    split-rules: {x: [/x]}\n', true],
  ['the group of the sandbox', 'app.bst', 'description', 'sandbox:\n  build-gid: 5\ndescription', true],
  ['the system of the sandbox', 'app.bst', 'description', 'sandbox:\n  build-os: plan9\ndescription', true],
  ['the architecture of the sandbox', 'app.bst', 'description', 'sandbox:\n  build-arch: aarch64\ndescription', true],
  ['a default that is written out', 'app.bst', 'description', 'sandbox:\n  build-uid: 0\ndescription', false],
  ['a dependency that is needed later only', 'app.bst', '[late.bst]', '[late.bst, data.bst]', false],
  ['a dependency that is not needed later', 'app.bst', 'runtime-depends: [late.bst]\n', '', false],
  ['a build dependency less', 'app.bst', 'data.bst, ', '', true],
  [
    'a runtime dependency of a build dependency',
    'tool.bst',
    'kind: import\n',
    'kind: import\nruntime-depends: [late.bst]\n',
    true,
  ],
  ['the name of a source', 'app.bst', 'path: src', 'path: tool', true],
  ['a source more', 'app.bst', 'sources:\n', 'sources:\n- kind: local\n  path: tool\n', true],
  ['the part of its sources that an import takes', 'data.bst', 'sources', 'config: {source: /file}\nsources', true],
  ['where an import puts them', 'data.bst', 'sources', 'config: {target: /opt}\nsources', true],
  ['a variable of an import', 'data.bst', 'sources', 'variables: {x: y}\nsources', false],
  [
    'the environment of an import that integrates nothing',
    'data.bst',
    'sources',
    'environment: {X: y}\nsources',
    false,
  ],
  [
    'the ids under which an import is made, which runs nothing',
    'data.bst',
    'sources',
    'sandbox: {build-uid: 5}\nsources',
    false,
  ],
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

describe('what is not in the files of a project', () => {
  const KIND = (body: string, more = ''): string =>
    `const { Element } = require(${JSON.stringify(require.resolve('@wheelhouse/element'))});\n` +
    `class Own extends Element { configure() {} getUniqueKey() { return ${body}; } configureSandbox() {} stage() {} assemble() { return '/'; } }\n` +
    `module.exports = { elements: [{ kind: 'own', formatVersion: 1, create: (meta) => new Own(meta)${more} }] };\n`;

  /** The key of `own.bst`, made with these files and on this machine. */
  async function ownKey(
    files: Readonly<Record<string, string>>,
    machine: { readonly maxJobs?: number; readonly hostArch?: string; readonly hostOs?: string } = {},
    rules: RuleVersions = { sandbox: 1, staging: 1 },
  ): Promise<Key> {
    const directory = projectDirectory({
      'project.conf': 'name: test\nmin-version: 2.4\nplugins:\n- origin: local\n  path: own.cjs\n',
      'own.cjs': KIND('1'),
      'own.bst': 'kind: own\nsources:\n- kind: local\n  path: src\n',
      'src/a': 'a',
      ...files,
    });
    const [element] = (await resolve(directory, ['own.bst'], machine)).targets;
    if (element === undefined) throw new Error('no element');
    for (const source of element.sources) await source.consistency();
    return new ElementKeys(rules).key(element);
  }

  it.each<[string, Parameters<typeof ownKey>, boolean]>([
    ['the number of processors', [{}, { maxJobs: 64 }], false],
    ['the architecture', [{}, { hostArch: 'arm64' }], true],
    ['the system', [{}, { hostOs: 'darwin' }], true],
    ['the rules of the sandbox', [{}, {}, { sandbox: 2, staging: 1 }], true],
    ['the rules of staging', [{}, {}, { sandbox: 1, staging: 2 }], true],
    ['what the kind answers', [{ 'own.cjs': KIND('2') }], true],
    ['a number that becomes a text', [{ 'own.cjs': KIND('"1"') }], true],
    ['a value that becomes a list of it', [{ 'own.cjs': KIND('[1]') }], true],
    ['a comment in the module of the kind', [{ 'own.cjs': `${KIND('1')}// words\n` }], true],
    ['the version of the kind', [{ 'own.cjs': KIND('1').replace('formatVersion: 1', 'formatVersion: 2') }], true],
    [
      'the defaults of the kind',
      [{ 'own.cjs': KIND('1', ", defaults: __dirname + '/own.yaml'"), 'own.yaml': '{}\n' }],
      true,
    ],
    ['a byte of a source', [{ 'src/a': 'b' }], true],
    ['the name of a file of a source', [{ 'src/a': 'a', 'src/b': 'a' }], true],
    ['where the project lies', [{}], false],
  ])('%s', async (_what, [files, machine, rules], changes) => {
    expect((await ownKey(files, machine, rules)) !== (await ownKey({}))).toBe(changes);
  });

  it('a number of processors that a command writes down is keyed by its text', async () => {
    const files = { 'own.bst': 'kind: own\nenvironment:\n  JOBS: "%{max-jobs}"\n' };
    expect(await ownKey(files, { maxJobs: 2 })).not.toBe(await ownKey(files, { maxJobs: 3 }));
  });
});

test('a build that a fatal warning ends is not cached from when it was none', async () => {
  const project = testProject(path());
  const conf = 'name: test\nmin-version: 2.4\n';
  project.write({
    'project.conf': conf,
    'host.bst': 'kind: host\n',
    'one.bst': 'kind: import\nsources:\n- kind: local\n  path: one\n',
    'two.bst': 'kind: import\nsources:\n- kind: local\n  path: two\n',
    'one/file': '1',
    'two/file': '2',
    'app.bst':
      'kind: manual\nbuild-depends: [host.bst, one.bst, two.bst]\nconfig:\n  install-commands:\n  - mkdir -p %{install-root}\n',
  });
  expect(await project.build(['app.bst'])).toMatchObject({ 'app.bst': 'built' });
  project.write({ 'project.conf': `${conf}fatal-warnings: [overlaps]\n` });
  await expect(project.build(['app.bst'])).rejects.toThrow('app.bst: `/file` of two.bst overlaps the one of one.bst');
  project.write({ 'project.conf': conf });
  expect(await project.build(['app.bst'])).toMatchObject({ 'app.bst': 'cached' });
});
