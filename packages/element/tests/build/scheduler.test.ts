import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Source, type BlobStore, type BuildEvent, type Consistency, type Digest, type Json } from '@wheelhouse/element';
import { emptyTree, hasFailed, Scheduler, writeTree } from '@wheelhouse/element/internal';
import { startChild } from '../support/child.js';
import { mostSleepers, sleepers, uniqueSeconds } from '../support/running-commands.js';
import { testProject, type TestProject } from '../support/session.js';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();
const processors = availableParallelism();

/** An element whose commands take that many seconds. */
function slow(seconds: string, more = ''): string {
  return `kind: manual\nbuild-depends: [host.bst]\nvariables: {mine: "${more}"}\nconfig:\n  build-commands: ["sleep ${seconds}"]\n  install-commands: ["echo %{mine}", "mkdir -p %{install-root}"]\n`;
}

/** A project of elements that share nothing but their toolchain. */
function projectOf(seconds: string, count: number, store?: string): { project: TestProject; names: string[] } {
  const root = path();
  const project = store === undefined ? testProject(root) : testProject(root, store);
  const names = Array.from({ length: count }, (_, index) => `e${index}.bst`);
  project.write(Object.fromEntries(names.map((name) => [name, slow(seconds, `${root} ${name}`)])));
  return { project, names };
}

/** A source that is fetched while a test waits. */
class SlowSource extends Source {
  static fetched: () => Promise<unknown> = () => Promise.resolve();
  override configure(): void {
    return;
  }
  override consistency(): Promise<Consistency> {
    return Promise.resolve('resolved');
  }
  override getUniqueKey(): Json {
    return this.name;
  }
  override async fetch(to: BlobStore): Promise<Digest> {
    await SlowSource.fetched();
    return await writeTree(to, emptyTree());
  }
}
const slowSource = { kind: 'slow', formatVersion: 1, create: (meta: never): Source => new SlowSource(meta) };

describe('Scheduler', () => {
  it('does as much at once as there is room for, the most urgent first, and among equals the first', async () => {
    const scheduler = new Scheduler({ build: 1 });
    const order: string[] = [];
    const work = (name: string, priority?: number): Promise<void> =>
      scheduler.run(
        'build',
        async () => {
          order.push(name);
          await sleep(1);
        },
        priority,
      );
    await Promise.all([work('first'), work('a', 1), work('b', 3), work('c', 1), work('d', 3)]);
    expect(order).toEqual(['b', 'd', 'a', 'c', 'first']);
  });

  it('continues when work fails', async () => {
    const scheduler = new Scheduler({ fetch: 1 });
    const failing = scheduler.run('fetch', () => Promise.reject(new Error('no')));
    const next = scheduler.run('fetch', () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});

describe('builds', () => {
  it('of one key are not made twice by two sessions of a process, and none is said to wait for another process', async () => {
    const seconds = uniqueSeconds('0.2');
    const project = testProject(path());
    project.write({ 'a.bst': slow(seconds) });
    const scheduler = new Scheduler();
    const sessions = await Promise.all([1, 2].map(() => project.open(['a.bst'], { scheduler })));
    const built = (await Promise.all(sessions.map((session) => session.build()))).flat();
    expect(built.filter(({ element }) => element.name === 'a.bst').map(({ status }) => status)).toEqual([
      'built',
      'cached',
    ]);
    expect(project.runs).toBe(1);
    expect(project.events.filter(({ type }) => type === 'waiting')).toEqual([]);
  }, 60_000);

  it('share one bound in a process, however many sessions there are', async () => {
    const seconds = uniqueSeconds('0.4');
    const store = path();
    const scheduler = new Scheduler({ build: 2 });
    const sessions = await Promise.all(
      [1, 2, 3].map(async () => {
        const { project, names } = projectOf(seconds, 2, store);
        return await project.open(names, { scheduler });
      }),
    );
    expect(await mostSleepers(seconds, Promise.all(sessions.map((session) => session.build())))).toBe(2);
  }, 60_000);

  it('share one bound on a machine, however many processes there are', async () => {
    const seconds = uniqueSeconds('0.6');
    const store = path();
    const children = Array.from({ length: 3 }, () => {
      const { project, names } = projectOf(seconds, processors + 1, store);
      return startChild('build-child.ts', [join(project.directory, '..'), store, ...names]);
    });
    const most = await mostSleepers(seconds, Promise.all(children.map((child) => child.ended)));
    expect(most).toBe(processors);
    for (const child of children)
      expect(Object.values(JSON.parse(await child.line()) as object)).not.toContain('failed');
  }, 180_000);

  it('leave their slot to others when their process is killed', async () => {
    const [lasting, brief] = [uniqueSeconds('300.'), uniqueSeconds('0.1')];
    const store = path();
    const { project, names } = projectOf(lasting, processors, store);
    const child = startChild('build-child.ts', [join(project.directory, '..'), store, ...names]);
    while (sleepers(lasting) < processors) await sleep(50);
    child.process.kill('SIGKILL');
    await child.ended;
    const other = projectOf(brief, 1, store);
    expect(await other.project.build(other.names)).toMatchObject({ 'e0.bst': 'built' });
    expect(sleepers(lasting)).toBe(0);
  }, 120_000);

  it('wait for nothing that is fetched for others', async () => {
    const seconds = uniqueSeconds('0.3');
    const project = testProject(path());
    project.write({
      'built.bst': slow(seconds),
      'fetched.bst': 'kind: import\nsources:\n- kind: slow\n',
      'all.bst': 'kind: stack\ndepends: [built.bst, fetched.bst]\n',
    });
    let isBuilding = false;
    SlowSource.fetched = async () => {
      for (const start = Date.now(); !isBuilding && Date.now() - start < 20_000;) {
        isBuilding = sleepers(seconds) > 0;
        await sleep(20);
      }
    };
    const session = await project.open(['all.bst'], { sources: [slowSource] });
    expect((await session.build()).filter(hasFailed)).toEqual([]);
    expect(isBuilding).toBe(true);
  }, 60_000);

  it('of one that fails by a command leave the others alone', async () => {
    const seconds = uniqueSeconds('0.3');
    const project = testProject(path());
    project.write({
      'bad.bst': 'kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands: [exit 1]\n',
      'good.bst': slow(seconds),
      'all.bst': 'kind: stack\ndepends: [bad.bst, good.bst]\n',
    });
    const outcomes = await project.build(['bad.bst', 'good.bst']);
    expect(outcomes).toMatchObject({ 'bad.bst': 'failed', 'good.bst': 'built' });
    expect(sleepers(seconds)).toBe(0);
  }, 60_000);
});

describe('an element that cannot be carried out', () => {
  function broken(seconds: string): TestProject {
    const project = testProject(path());
    const data = (name: string): string => `kind: import\nsources:\n- kind: local\n  path: ${name}\n`;
    project.write({
      'project.conf': 'name: test\nmin-version: 2.4\nfatal-warnings: [overlaps]\n',
      ...{ 'one/f': '1', 'two/f': '2', 'one.bst': data('one'), 'two.bst': data('two') },
      'broken.bst': 'kind: manual\nbuild-depends: [host.bst, one.bst, two.bst]\n',
      'above.bst': 'kind: stack\ndepends: [broken.bst]\n',
      'slow.bst': slow(seconds),
    });
    return project;
  }

  const MESSAGE = 'broken.bst [line 1 column 0]: broken.bst: `/f` of two.bst overlaps the one of one.bst';

  it('is an outcome, ends the others where they are to be terminated, and leaves nothing running', async () => {
    const seconds = uniqueSeconds('300.');
    const project = broken(seconds);
    const session = await project.open(['slow.bst', 'above.bst'], { onError: 'terminate' });
    const outcomes = new Map((await session.build()).map((outcome) => [outcome.element.name, outcome]));
    expect(sleepers(seconds)).toBe(0);
    expect(outcomes.get('broken.bst')).toMatchObject({ status: 'error', error: { message: MESSAGE } });
    for (const name of ['slow.bst', 'above.bst']) {
      expect(outcomes.get(name)).toMatchObject({ status: 'skipped', because: { name: 'broken.bst' } });
    }
  }, 60_000);

  it('leaves the others alone where they are to continue', async () => {
    const project = broken(uniqueSeconds('0.3'));
    const session = await project.open(['slow.bst', 'above.bst'], { onError: 'continue' });
    const outcomes = (await session.build()).map(({ element, status }) => [element.name, status]);
    expect(Object.fromEntries(outcomes)).toMatchObject({
      'broken.bst': 'error',
      'above.bst': 'skipped',
      'slow.bst': 'built',
    });
  }, 60_000);

  it('is not one where the build is ended from outside: that is thrown, and nothing is left running', async () => {
    const seconds = uniqueSeconds('300.');
    const { project, names } = projectOf(seconds, 3);
    const ending = new AbortController();
    const session = await project.open(names, { signal: ending.signal });
    const building = session.build();
    building.catch(() => undefined);
    while (sleepers(seconds) === 0) await sleep(20);
    ending.abort(new Error('enough'));
    await expect(building).rejects.toThrow('enough');
    expect(sleepers(seconds)).toBe(0);
  }, 60_000);
});

describe('a build that quits on errors', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'fails',
      'kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands: [exit 1]\n',
      { 'bad.bst': 'failed' },
    ],
    ['cannot be carried out', 'kind: manual\nbuild-depends: [host.bst, one.bst, two.bst]\n', { 'bad.bst': 'error' }],
  ])('lets what runs end and starts no other where an element %s', async (_what, bad, outcome) => {
    const project = testProject(path());
    const data = (name: string): string => `kind: import\nsources:\n- kind: local\n  path: ${name}\n`;
    project.write({
      'project.conf': 'name: test\nmin-version: 2.4\nfatal-warnings: [overlaps]\n',
      ...{ 'one/f': '1', 'two/f': '2', 'one.bst': data('one'), 'two.bst': data('two') },
      'bad.bst': bad,
      'slow.bst': slow(uniqueSeconds('1.')),
      'late.bst': 'kind: manual\nbuild-depends: [host.bst, slow.bst]\n',
    });
    const session = await project.open(['bad.bst', 'slow.bst', 'late.bst'], {
      onError: 'quit',
      scheduler: new Scheduler({ build: 2 }),
    });
    const outcomes = await session.build();
    expect(Object.fromEntries(outcomes.map(({ element, status }) => [element.name, status]))).toMatchObject({
      ...outcome,
      'slow.bst': 'built',
      'late.bst': 'skipped',
    });
    expect(outcomes.find(({ element }) => element.name === 'late.bst')).toMatchObject({ because: { name: 'bad.bst' } });
  });

  it('builds what is left the next time', async () => {
    const project = testProject(path());
    project.write({
      'bad.bst': 'kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands: [exit 1]\n',
      'good.bst': slow(uniqueSeconds('0.0')),
    });
    await project.build(['bad.bst']);
    const quitting = await project.build(['bad.bst', 'good.bst'], { onError: 'quit' });
    expect(quitting).toMatchObject({ 'bad.bst': 'failed', 'good.bst': 'skipped' });
    const continuing = await project.build(['bad.bst', 'good.bst'], { onError: 'continue' });
    expect(continuing).toMatchObject({ 'bad.bst': 'failed', 'good.bst': 'built' });
  });
});

test('parts of a session that are built at once share what both need, and each has the outcomes of its own', async () => {
  const project = testProject(path());
  const user = (name: string): string =>
    `kind: manual\nbuild-depends: [host.bst, shared.bst]\nconfig:\n  install-commands: ["mkdir -p %{install-root}/${name}"]\n`;
  project.write({ 'shared.bst': slow(uniqueSeconds('0.0')), 'a.bst': user('a'), 'b.bst': user('b') });
  const session = await project.open(['a.bst', 'b.bst']);
  const [a, b] = [session.part(['a.bst']), session.part(['b.bst'])];
  const outcomes = await Promise.all([a.build(), b.build()]);
  const names = outcomes.map((each) => each.map(({ element }) => element.name).sort());
  expect(names).toEqual([
    ['a.bst', 'host.bst', 'shared.bst'],
    ['b.bst', 'host.bst', 'shared.bst'],
  ]);
  expect(project.runs).toBe(3);
  const ended = project.events.flatMap((event) => ('result' in event ? [event.element.name] : []));
  expect(ended.sort()).toEqual(['a.bst', 'b.bst', 'host.bst', 'shared.bst']);
  expect([a.has('a.bst'), a.has('b.bst'), b.has('b.bst')]).toEqual([true, false, true]);
  expect(a.recordOf('shared.bst')).toBe(b.recordOf('shared.bst'));
});

test('events are plain data, from queued to ended, and name the steps', async () => {
  const project = testProject(path());
  project.write({ 'a.bst': slow(uniqueSeconds('0.0')) });
  await project.build(['a.bst']);
  const events = project.events.filter((event) => 'element' in event && event.element.name === 'a.bst');
  expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  const told = events
    .filter(({ type }) => type !== 'output')
    .map((event) => ('step' in event ? event.step : event.type));
  expect(told).toEqual(['queued', 'stage', 'run', 'started', 'collect', 'ended']);
  const last = events.at(-1) as Extract<BuildEvent, { readonly result: unknown }>;
  expect(last).toMatchObject({
    type: 'ended',
    element: { name: 'a.bst', kind: 'manual', runsCommands: true, hasSources: false },
    result: { outcome: 'built', tree: expect.stringMatching(/^sha256:[0-9a-f]{64}\/\d+$/) as string },
  });
});
