import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import buildWheel, { buildWheelBatch } from '../../src/executors/build-wheel/executor.js';
import snapshot from '../../src/executors/snapshot/executor.js';
import runTest from '../../src/executors/test/executor.js';
import makeVenv from '../../src/executors/venv/executor.js';
import { pyproject, temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();
const packageRoot = join(__dirname, '..', '..');

interface Schema {
  readonly version: number;
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function contextOf(root: string, projectRoot: string): ExecutorContext {
  const projects = { app: { root: projectRoot } };
  return {
    root,
    cwd: root,
    isVerbose: false,
    projectName: 'app',
    nxJsonConfiguration: {},
    projectGraph: { nodes: {}, dependencies: {} },
    projectsConfigurations: { version: 2, projects },
  };
}

/** What `work` writes to this process's own outputs. */
async function captured<T>(work: () => Promise<T>): Promise<{ result: T; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    return { result: await work(), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('executors', () => {
  const { executors } = readJson(join(packageRoot, 'executors.json')) as {
    executors: Record<string, { implementation: string; batchImplementation?: string; schema: string }>;
  };

  it('are those that targets are inferred with', () => {
    expect(Object.keys(executors)).toEqual([
      'lock',
      'snapshot',
      'build-wheel',
      'test',
      'venv',
      'publish',
      'release-image',
      'report-problem',
    ]);
  });

  it.each(Object.entries(executors))('%s has an implementation and describes all its options', (_name, entry) => {
    const source = (path: string): string => join(packageRoot, path.replace(/^\.\/(bundle|dist)\//, 'src/'));
    expect(existsSync(`${source(entry.implementation)}.ts`)).toBe(true);
    const [file = '', name = ''] = (entry.batchImplementation ?? '').split('#');
    if (file !== '') {
      expect(file).toBe(entry.implementation);
      expect(readFileSync(`${source(file)}.ts`, 'utf8')).toContain(`export function ${name}(`);
    }
    const schema = readJson(source(entry.schema)) as Schema;
    expect(schema.version).toBe(2);
    for (const option of Object.values(schema.properties)) expect(option.description).toMatch(/^[A-Z].*\.$/);
  });

  describe('on a project without locks', () => {
    const workspace = directory({ 'nx.json': '{}', 'libs/app/pyproject.toml': pyproject('shop') });
    const store = directory();
    let before: string | undefined;
    beforeAll(() => {
      before = process.env.WHEELHOUSE_CACHE_DIR;
      process.env.WHEELHOUSE_CACHE_DIR = store;
    });
    afterAll(() => {
      if (before === undefined) delete process.env.WHEELHOUSE_CACHE_DIR;
      else process.env.WHEELHOUSE_CACHE_DIR = before;
    });

    it.each([
      ['snapshot', snapshot],
      ['build-wheel', buildWheel],
      ['test', runTest],
      ['venv', makeVenv],
    ])('%s fails with what to do about it, and writes nothing', async (_name, execute) => {
      expect(await captured(() => execute({}, contextOf(workspace, 'libs/app')))).toEqual({
        result: { success: false },
        stdout: '',
        stderr: 'the lock `libs/app/locks/test.txt` does not exist\nhint: run `nx run shop:lock`\n',
      });
      expect(existsSync(join(workspace, 'dist'))).toBe(false);
      expect(existsSync(join(workspace, 'reports'))).toBe(false);
    });

    it('fail in a batch with the same message, and skip what depends on them', async () => {
      const task = (id: string): TaskGraph['tasks'][string] => ({
        id,
        target: { project: 'app', target: 'build-wheel' },
        overrides: {},
        outputs: [],
        parallelism: true,
        cache: true,
      });
      const graph: TaskGraph = {
        roots: ['a'],
        tasks: { a: task('a'), b: task('b') },
        dependencies: { a: [], b: ['a'] },
        continuousDependencies: {},
      };
      const results = [];
      const options = { a: {}, b: {} };
      for await (const each of buildWheelBatch(graph, options, {}, contextOf(workspace, 'libs/app')))
        results.push(each);
      const times = { startTime: expect.any(Number) as number, endTime: expect.any(Number) as number };
      const words = 'the lock `libs/app/locks/test.txt` does not exist\nhint: run `nx run shop:lock`\n';
      expect(results).toEqual([
        { task: 'a', result: { success: false, status: 'failure', terminalOutput: words, ...times } },
        { task: 'b', result: { success: false, status: 'skipped', terminalOutput: '', ...times } },
      ]);
    });

    it('refuse a project that is not a Python project', async () => {
      const { result, stderr } = await captured(() => buildWheel({}, contextOf(workspace, 'libs/other')));
      expect([result, stderr]).toEqual([
        { success: false },
        'the project `app` is not a Python project\n' +
          'hint: a Python project has a setup.py, setup.cfg or pyproject.toml with a name\n',
      ]);
    });

    it('listen for signals no longer than they run', async () => {
      const listeners = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
      await captured(() => buildWheel({}, contextOf(workspace, 'libs/app')));
      expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(listeners);
    });
  });
});
