import type { Key } from '@wheelhouse/element';
import {
  ElementKeys,
  ElementsOfGraph,
  explainKey,
  keyOf,
  textOfChange,
  type BuildSession,
  type RuleVersions,
} from '@wheelhouse/element/internal';
import { projectDirectory } from '../load/project-directory.js';
import { KEYED_FILES, KEY_MUTATIONS } from './key-mutations.js';
import { resolve } from '../resolve/resolve.js';
import { testProject, type TestProject } from '../support/session.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();

async function keys(project: TestProject): Promise<{ app: Key; session: BuildSession }> {
  const session = await project.open(['app.bst']);
  return { app: session.keys.key(session.element('app.bst')), session };
}

test.each(KEY_MUTATIONS)('a change of %s', async (_what, file, from, to, why) => {
  const project = testProject(path());
  project.write(KEYED_FILES);
  const before = await keys(project);
  const text = KEYED_FILES[file as keyof typeof KEYED_FILES];
  expect(text).toContain(from);
  project.write({ [file]: text.replace(from, to) });
  const after = await keys(project);
  expect(after.app !== before.app).toBe(why.length > 0);
  const [then, now] = [before, after].map(({ app, session: { graph, keys } }) => ({
    key: app,
    elements: new ElementsOfGraph(graph.elements, keys, project.store.blobs),
  }));
  const causes = then === undefined || now === undefined ? [] : await explainKey('app.bst', then, now);
  expect(
    causes.map(
      ({ change, path, others }) => `${path.join(' > ')}: ${textOfChange(change)}${others > 0 ? ` +${others}` : ''}`,
    ),
  ).toEqual(why);
});

test('a key is the digest of its inputs, and the same in another process and place', async () => {
  const [one, two] = [testProject(path()), testProject(path())];
  one.write(KEYED_FILES);
  two.write(KEYED_FILES);
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
