import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildEvent, type ElementError } from '@wheelhouse/element';
import { formatError, readBlob, subtree, throwErrors, type BuildSession } from '@wheelhouse/element/internal';
import { testProject } from '../support/session.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();

const COPY = `kind: manual
build-depends: [host.bst]
sources:
- kind: local
  path: src
config:
  install-commands:
  - mkdir -p %{install-root}/share
  - cp in.txt %{install-root}/share/out.txt
`;

const USER = `kind: manual
build-depends: [host.bst, copy.bst]
config:
  install-commands:
  - mkdir -p %{install-root}
  - wc -c < /share/out.txt > %{install-root}/size
`;

function logOf(events: readonly BuildEvent[]): string {
  return events.flatMap((event) => (event.type === 'output' ? [event.text] : [])).join('');
}

test('what commands leave in install-root is the artifact, and is taken from the store the next time', async () => {
  const project = testProject(path());
  project.write({ 'copy.bst': COPY, 'src/in.txt': 'hello\n' });
  const session = await project.open(['copy.bst']);
  const outcomes = await session.build();
  expect(outcomes.map(({ element, status }) => `${element.name} ${status}`).sort()).toEqual([
    'copy.bst built',
    'host.bst built',
  ]);
  expect(await project.paths(session, 'copy.bst')).toEqual(['share', 'share/out.txt']);
  expect(project.runs).toBe(1);

  expect(await project.build(['copy.bst'])).toEqual({ 'copy.bst': 'cached' });
  expect(project.runs).toBe(1);
});

test('only elements that run commands are locked while they are built, and two builds at once agree on the others', async () => {
  const project = testProject(path());
  project.write({
    'kept.bst': 'kind: import\nsources:\n- kind: local\n  path: src\n',
    'copy.bst': COPY.replace('[host.bst]', '[host.bst, kept.bst]'),
    'src/in.txt': 'hello\n',
  });
  const locked = new Set<string>();
  const { locks } = project.store;
  const acquire = locks.acquire.bind(locks);
  locks.acquire = (key, options) => {
    locked.add(key);
    return acquire(key, options);
  };
  const sessions = await Promise.all([project.open(['copy.bst']), project.open(['copy.bst'])]);
  await Promise.all(sessions.map((session) => session.build()));
  const [session, other] = sessions;
  expect(project.runs).toBe(1);
  expect(other.recordOf('kept.bst')).toEqual(session.recordOf('kept.bst'));
  expect(other.recordOf('copy.bst')).toEqual(session.recordOf('copy.bst'));
  expect([...locked]).toEqual([session.keys.key(session.element('copy.bst'))]);
});

test('a changed source builds anew, and so does what depends on it', async () => {
  const project = testProject(path());
  project.write({ 'copy.bst': COPY, 'user.bst': USER, 'src/in.txt': 'one\n' });
  await project.build(['user.bst']);
  project.write({ 'src/in.txt': 'three\n' });
  expect(await project.build(['user.bst'])).toMatchObject({ 'copy.bst': 'built', 'user.bst': 'built' });
});

test('a change that does not reach the artifact of a dependency builds nothing above it', async () => {
  const project = testProject(path());
  project.write({ 'copy.bst': COPY, 'user.bst': USER, 'src/in.txt': 'one\n', 'src/unused.txt': '1' });
  await project.build(['user.bst']);
  const before = project.runs;
  project.write({ 'src/unused.txt': '2' });
  expect(await project.build(['user.bst'])).toMatchObject({ 'copy.bst': 'built', 'user.bst': 'cached' });
  expect(project.runs).toBe(before + 1);
});

test('a command that fails is recorded with its label, exit code and log, and replayed until it is retried', async () => {
  const project = testProject(path());
  project.write({
    'bad.bst':
      'kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands:\n  - echo before\n  - exit 7\n  - echo after\n',
  });
  const session = await project.open(['bad.bst']);
  const [bad] = (await session.build()).filter(({ element }) => element.name === 'bad.bst');
  expect(bad).toMatchObject({ status: 'failed', record: { exitCode: 7, failedCommand: 'exit 7' } });
  const log = session.recordOf('bad.bst').log;
  const text = log === undefined ? '' : Buffer.from(await readBlob(project.store.blobs, log)).toString();
  expect(text).toContain('before\n');
  expect(text).not.toContain('after');
  expect(text).toBe(logOf(project.events));
  const key = session.keys.key(session.element('bad.bst'));
  expect(readFileSync(join(project.store.directory, 'logs', 'bad', `${key}.log`), 'utf8')).toBe(text);

  expect(await project.build(['bad.bst'])).toEqual({ 'bad.bst': 'failed' });
  expect(project.runs).toBe(1);
  expect(project.events.at(-1)).toMatchObject({ type: 'ended', result: { outcome: 'failed', replayed: true } });
  expect(await project.build(['bad.bst'], { retryFailed: true })).toMatchObject({ 'bad.bst': 'failed' });
  expect(project.runs).toBe(2);
});

test('a command that takes longer than the limit of the engine ends the build, and nothing is recorded', async () => {
  const project = testProject(path());
  project.write({
    'slow.bst': 'kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands:\n  - echo quick\n  - sleep 60\n',
  });
  const session = await project.open(['slow.bst'], { limits: { timeoutSeconds: 2 } });
  await expect(session.build().then(throwErrors)).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    element: 'slow.bst',
    message: "slow.bst: Command 'sleep 60' exceeded its time limit of 2 seconds",
  });
  expect(await project.store.artifacts.get(session.keys.key(session.element('slow.bst')))).toBeUndefined();
  const other = await project.open(['slow.bst'], { limits: { timeoutSeconds: 3 } });
  expect(other.keys.key(other.element('slow.bst'))).toBe(session.keys.key(session.element('slow.bst')));
});

test('a build that succeeds when it is retried takes the place of its failure', async () => {
  const project = testProject(path());
  project.write({
    'late.bst':
      'kind: manual\nbuild-depends: [host.bst]\nenvironment: {FAIL: "1"}\nenvironment-nocache: [FAIL]\nconfig:\n  install-commands: [test "$FAIL" = 0]\n',
  });
  expect(await project.build(['late.bst'])).toMatchObject({ 'late.bst': 'failed' });
  project.write({
    'late.bst':
      'kind: manual\nbuild-depends: [host.bst]\nenvironment: {FAIL: "0"}\nenvironment-nocache: [FAIL]\nconfig:\n  install-commands: [test "$FAIL" = 0]\n',
  });
  expect(await project.build(['late.bst'])).toEqual({ 'late.bst': 'failed' });
  expect(await project.build(['late.bst'], { retryFailed: true })).toMatchObject({ 'late.bst': 'built' });
  expect(await project.build(['late.bst'])).toEqual({ 'late.bst': 'cached' });
});

test('what depends on a failure is skipped', async () => {
  const project = testProject(path());
  project.write({
    'copy.bst': 'kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands: [exit 1]\n',
    'user.bst': USER,
  });
  expect(await project.build(['user.bst'])).toMatchObject({ 'copy.bst': 'failed', 'user.bst': 'skipped' });
});

test('integration commands run in the staged root before sources are there, once for each root', async () => {
  const project = testProject(path());
  const user = (name: string): string =>
    `kind: manual\nbuild-depends: [host.bst, data.bst]\nconfig:\n  install-commands:\n  - mkdir -p %{install-root}\n  - cp /integrated %{install-root}/${name}\n`;
  project.write({
    'data/seed': 'seed\n',
    'data.bst':
      'kind: import\nsources:\n- kind: local\n  path: data\npublic:\n  bst:\n    integration-commands:\n    - ls -d /seed /test 2>/dev/null > /integrated || true\n',
    'a.bst': user('a'),
    'b.bst': user('b'),
  });
  const session = await project.open(['a.bst', 'b.bst']);
  await session.build();
  const file = await subtree(project.store.blobs, session.recordOf('a.bst').tree, '/');
  expect(file).toBeDefined();
  expect(await project.paths(session, 'a.bst')).toEqual(['a']);
  // Two elements ran, and one integration for both: it may have been met by both before either was done.
  expect(project.runs).toBeGreaterThanOrEqual(3);
  await project.build(['a.bst', 'b.bst']);
  const before = project.runs;
  project.write({ 'b.bst': user('c') });
  await project.build(['b.bst']);
  expect(project.runs).toBe(before + 1);
});

test('create-dev-shm mounts an in-memory file system, and without it /dev/shm is not writable', async () => {
  const project = testProject(path());
  const text = (flag: string): string =>
    `kind: manual\nbuild-depends: [host.bst]\nconfig:\n  create-dev-shm: ${flag}\n  install-commands:\n  - mkdir -p %{install-root}\n  - echo x > /dev/shm/x\n`;
  project.write({ 'with.bst': text('true'), 'without.bst': text('false') });
  expect(await project.build(['with.bst', 'without.bst'])).toMatchObject({
    'with.bst': 'built',
    'without.bst': 'failed',
  });
});

test('commands run under the ids that the element asks for', async () => {
  const project = testProject(path());
  project.write({
    'a.bst':
      'kind: manual\nbuild-depends: [host.bst]\nsandbox:\n  build-uid: 1000\n  build-gid: 100\nconfig:\n  install-commands:\n  - test "$(id -u):$(id -g)" = 1000:100\n  - touch %{install-root}/mine\n',
  });
  expect(await project.build(['a.bst'])).toMatchObject({ 'a.bst': 'built' });
});

test('dependencies are staged where their location says', async () => {
  const project = testProject(path());
  project.write({
    'data/seed': 'seed\n',
    'data.bst': 'kind: import\nsources:\n- kind: local\n  path: data\n',
    'a.bst':
      'kind: manual\nbuild-depends:\n- host.bst\n- filename: data.bst\n  config:\n    location: /opt/data\nconfig:\n  install-commands:\n  - mkdir -p %{install-root}\n  - cp /opt/data/seed %{install-root}\n',
  });
  expect(await project.build(['a.bst'])).toMatchObject({ 'a.bst': 'built' });
});

test('a script element writes to its root and collects install-root', async () => {
  const project = testProject(path());
  project.write({
    's.bst':
      'kind: script\nbuild-depends: [host.bst]\nconfig:\n  commands:\n  - touch /somewhere\n  - mv /somewhere %{install-root}/there\n',
  });
  const session = await project.open(['s.bst']);
  await session.build();
  expect(await project.paths(session, 's.bst')).toEqual(['there']);
});

test('an import element takes a part of its sources to a place', async () => {
  const project = testProject(path());
  project.write({
    'data/a/x': 'x',
    'data/b/y': 'y',
    'i.bst': 'kind: import\nsources:\n- kind: local\n  path: data\nconfig:\n  source: /a\n  target: /usr/share\n',
  });
  const session = await project.open(['i.bst']);
  await session.build();
  expect(await project.paths(session, 'i.bst')).toEqual(['usr', 'usr/share', 'usr/share/x']);
});

test('a stack builds all its elements', async () => {
  const project = testProject(path());
  project.write({ 'copy.bst': COPY, 'src/in.txt': 'x', 'all.bst': 'kind: stack\ndepends: [copy.bst]\n' });
  expect(await project.build(['all.bst'])).toMatchObject({ 'copy.bst': 'built', 'all.bst': 'built' });
});

test('an overlap is a warning, and an error where the project says so', async () => {
  const project = testProject(path());
  const data = (name: string): string => `kind: import\nsources:\n- kind: local\n  path: ${name}\n`;
  project.write({
    'one/f': '1',
    'two/f': '2',
    'one.bst': data('one'),
    'two.bst': data('two'),
    'user.bst':
      'kind: manual\nbuild-depends: [host.bst, one.bst, two.bst]\nconfig:\n  install-commands: ["mkdir -p %{install-root}"]\n',
  });
  await project.build(['user.bst']);
  expect(project.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))).toEqual([
    '`/f` of two.bst overlaps the one of one.bst',
  ]);
  project.write({ 'project.conf': 'name: test\nmin-version: 2.4\nfatal-warnings: [overlaps]\n', 'two/f': '3' });
  await expect(project.build(['user.bst'])).rejects.toMatchObject({
    code: 'STAGING',
    message: 'user.bst [line 1 column 0]: user.bst: `/f` of two.bst overlaps the one of one.bst',
  });
});

test('an install-root that is gone at the end cannot be collected', async () => {
  const project = testProject(path());
  project.write({
    's.bst': 'kind: script\nbuild-depends: [host.bst]\nconfig:\n  commands:\n  - rmdir %{install-root}\n',
  });
  await expect(project.build(['s.bst'])).rejects.toMatchObject({
    code: 'ARTIFACT',
    message:
      "s.bst [line 1 column 0]: s.bst: Directory '/buildstream-install' was not found inside the sandbox, unable to collect artifact contents",
  });
});

test.each([
  ['kind: import\n', 'x.bst [line 1 column 0]: x.bst: An import element must have at least one source.'],
  [
    'kind: stack\nbuild-depends: [host.bst]\n',
    'x.bst [line 1 column 0]: x.bst: Dependency `host.bst` of a stack element must be both a build and a runtime dependency',
  ],
  [
    'kind: import\nbuild-depends: [host.bst]\nsources:\n- kind: local\n  path: host.bst\n',
    'x.bst [line 1 column 0]: x.bst: Import elements do not support build dependencies, but `host.bst` is one',
  ],
  [
    'kind: host\nconfig:\n  trees: [/no/such/tree]\n',
    "x.bst [line 1 column 0]: x.bst: the toolchain's `/no/such/tree` does not exist",
  ],
  [
    'kind: host\nconfig:\n  trees: [usr/bin]\n',
    "x.bst [line 3 column 10]: `usr/bin` of 'trees' is not an absolute path",
  ],
])('what a kind cannot be is said with its place: %j', async (text, message) => {
  const project = testProject(path());
  project.write({ 'x.bst': text });
  await expect(project.open(['x.bst'])).rejects.toMatchObject({ message });
});

test('a source that is saved while its dependencies are built is an error, and nothing is recorded under its key', async () => {
  const project = testProject(path());
  project.write({
    'slow.bst': COPY,
    'late.bst': `kind: manual
build-depends: [host.bst, slow.bst]
sources:
- kind: local
  path: late
config:
  install-commands:
  - mkdir -p %{install-root}
  - cp -r . %{install-root}
`,
    'src/in.txt': 'hello\n',
    'late/main.py': 'old\n',
  });
  const session = await project.open(['late.bst']);
  project.onEvent = (event) => {
    if ('result' in event && event.result.outcome === 'built' && event.element.name === 'slow.bst')
      project.write({ 'late/main.py': 'new\n' });
  };
  await expect(session.build().then(throwErrors)).rejects.toThrow(
    '`late` was changed during the build: `main.py` (content)',
  );
  const key = session.keys.key(session.element('late.bst'));
  expect(await project.store.artifacts.get(key)).toBeUndefined();

  const again = await project.open(['late.bst']);
  expect(again.keys.key(again.element('late.bst'))).not.toBe(key);
  expect((await again.build()).map(({ status }) => status)).toContain('built');
  project.write({ 'late/main.py': 'old\n' });
  expect(await project.build(['late.bst'])).toMatchObject({ 'late.bst': 'built' });
});

describe('an error that ends the build of one element', () => {
  /** A kind whose method throws, beside an element whose command would run for minutes. */
  async function broken(
    method: string,
    body: string,
  ): Promise<{ error: unknown; project: ReturnType<typeof testProject>; session: BuildSession }> {
    const project = testProject(path());
    const seconds = `300.${process.pid}${Math.floor(Math.random() * 1e6)}`;
    project.write({
      'project.conf': 'name: test\nmin-version: 2.4\nplugins:\n- origin: local\n  path: plugin.cjs\n',
      'plugin.cjs':
        `const { Element, Source } = require(${JSON.stringify(require.resolve('@wheelhouse/element'))});\n` +
        "class Broken extends Element { configure() {} getUniqueKey() { return 1; } configureSandbox() {} stage() {} assemble() { return '/'; }\n" +
        `  ${method}(${method === 'getUniqueKey' ? '' : 'x'}) { ${body} } }\n` +
        "module.exports = { elements: [{ kind: 'broken', formatVersion: 1, create: (meta) => new Broken(meta) }] };\n",
      'broken.bst': 'kind: broken\nbuild-depends: [copy.bst]\n',
      'copy.bst': COPY,
      'src/in.txt': 'hello\n',
      'slow.bst': `kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands: [sleep ${seconds}]\n`,
      'above.bst': 'kind: stack\ndepends: [broken.bst, slow.bst]\n',
    });
    const session = await project.open(['above.bst'], { onError: 'terminate' });
    const error = await session
      .build()
      .then(throwErrors)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    const left = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(seconds));
    expect(left).toEqual([]);
    return { error, project, session };
  }

  function commandOf(pid: string): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      // It has ended since it was listed.
      return '';
    }
  }

  it('ends the others and leaves nothing: no process, no lock, no lease, no directory', async () => {
    const { error, project, session } = await broken('stage', "throw new RangeError('no room')");
    expect(error).toMatchObject({ code: 'PLUGIN', element: 'broken.bst' });
    expect(formatError(error as ElementError).split('\n')[0]).toBe(
      'broken.bst [line 1 column 0]: broken.bst: `stage` of kind `broken` threw RangeError: no room',
    );
    const { directory } = project.store;
    expect(readdirSync(join(directory, 'work'))).toEqual([]);
    expect(readdirSync(join(directory, 'locks'))).toEqual([]);
    expect(await project.store.artifacts.get(session.keys.key(session.element('slow.bst')))).toBeUndefined();
    const errors = project.events.filter((event) => 'result' in event && event.result.outcome === 'error');
    expect(errors).toHaveLength(1);
    expect(
      project.events.some(
        (event) => event.type === 'started' && 'element' in event && event.element.name === 'slow.bst',
      ),
    ).toBe(true);
  });

  it.each<[string, string, string]>([
    ['assemble', 'return 3', '`assemble` of kind `broken` returned number, not the directory to collect'],
    ['prepare', "throw 'words'", '`prepare` of kind `broken` threw words'],
    [
      'stage',
      "require('node:fs').readFileSync('/etc/passwd/x')",
      "`stage` of kind `broken` threw Error: ENOTDIR: not a directory, open '/etc/passwd/x'",
    ],
    [
      'getUniqueKey',
      'return { who: new Map() }',
      '`getUniqueKey` of kind `broken` returned a value that is not plain data: a Map at `who`',
    ],
    [
      'getUniqueKey',
      'return [1, undefined]',
      '`getUniqueKey` of kind `broken` returned a value that is not plain data: undefined at `[1]`',
    ],
    [
      'getUniqueKey',
      'const it = {}; it.it = it; return it',
      '`getUniqueKey` of kind `broken` returned a value that is not plain data: more than 100 levels of lists and dictionaries, or one that contains itself',
    ],
    [
      'async stage',
      "throw new Error('late')",
      '`stage` of kind `broken` returned a promise, which is not awaited: it must not be `async`',
    ],
    [
      'stage',
      "throw new Proxy({}, { get() { throw new Error('trap'); } })",
      '`stage` of kind `broken` threw a value that cannot be printed',
    ],
  ])('names element, kind and method: %s that does `%s`', async (method, body, message) => {
    const { error } = await broken(method, body);
    expect((error as ElementError).message.split('\n')[0]).toBe(`broken.bst [line 1 column 0]: broken.bst: ${message}`);
  });

  it('reports kind and element if `create` does not return an element', async () => {
    const project = testProject(path());
    project.write({
      'project.conf': 'name: test\nmin-version: 2.4\nplugins:\n- origin: local\n  path: plugin.cjs\n',
      'plugin.cjs': "module.exports = { elements: [{ kind: 'odd', formatVersion: 1, create: () => undefined }] };\n",
      'app.bst': 'kind: odd\n',
    });
    await expect(project.open(['app.bst'])).rejects.toMatchObject({
      code: 'PLUGIN',
      message: 'app.bst [line 1 column 0]: app.bst: `create` of kind `odd` returned something that is not an element',
    });
  });

  it.each<[string, string, string]>([
    ['consistency', 'return 1', '`consistency` of kind `odd` returned neither `inconsistent`, `resolved` nor `cached`'],
    ['fetch', 'return { hash: "00" }', '`fetch` of kind `odd` returned something that is not the digest of a tree'],
    ['fetch', 'throw undefined', '`fetch` of kind `odd` threw undefined'],
  ])('names kind and method of a source: %s that does `%s`', async (method, body, message) => {
    const project = testProject(path());
    project.write({
      'project.conf': 'name: test\nmin-version: 2.4\nplugins:\n- origin: local\n  path: plugin.cjs\n',
      'plugin.cjs':
        `const { Source } = require(${JSON.stringify(require.resolve('@wheelhouse/element'))});\n` +
        `class Odd extends Source { configure() {} getUniqueKey() { return 1; } async consistency() { return 'cached'; }\n` +
        `  async ${method}() { ${body} } }\n` +
        "module.exports = { sources: [{ kind: 'odd', formatVersion: 1, create: (meta) => new Odd(meta) }] };\n",
      'app.bst': 'kind: import\nsources:\n- kind: odd\n',
    });
    const failure = project.open(['app.bst']).then(async (session) => {
      throwErrors(await session.build());
    });
    await expect(failure).rejects.toMatchObject({
      code: 'PLUGIN',
      message: `app.bst [line 3 column 2]: app.bst sources[0]: ${message}`,
    });
  });
});
