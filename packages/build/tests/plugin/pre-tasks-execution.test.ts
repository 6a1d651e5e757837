import { join } from 'node:path';
import { preTasksExecution } from '../../src/plugin/pre-tasks-execution.js';
import { wheelhouse } from '../support/command.js';
import { gitInit, pyproject, temporaryDirectories, writeFiles } from '../support/workspace.js';

describe('what a run of Nx begins with', () => {
  const directoryWith = temporaryDirectories();
  const before = process.env;

  beforeEach(() => {
    process.env = { ...before, WHEELHOUSE_CACHE_DIR: join(directoryWith(), 'store'), WHEELHOUSE_TOOLCHAIN: 'outer' };
    delete process.env.WHEELHOUSE_RUN;
  });

  afterEach(() => {
    process.env = before;
  });

  function workspace(): string {
    const directory = directoryWith({
      'nx.json': JSON.stringify({ plugins: ['@wheelhouse/build'] }),
      'package.json': '{}',
      'app/pyproject.toml': pyproject('app'),
    });
    gitInit(directory);
    return directory;
  }

  async function begin(directory: string, ...argv: string[]): Promise<NodeJS.ProcessEnv> {
    const context = { id: '1', workspaceRoot: directory, nxJsonConfiguration: {}, argv };
    await preTasksExecution({}, context);
    return process.env;
  }

  it('finds out what projects are built with, as the command does', async () => {
    const directory = workspace();
    const { WHEELHOUSE_TOOLCHAIN } = await begin(directory, 'run', 'app:test');
    const { stdout } = wheelhouse(['toolchain'], { cwd: directory, environment: process.env });
    expect(WHEELHOUSE_TOOLCHAIN).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(`${WHEELHOUSE_TOOLCHAIN ?? ''}\n`).toBe(stdout);
  });

  it('leaves it to the command where it cannot', async () => {
    const directory = workspace();
    writeFiles(directory, { 'nx.json': '{' });
    expect(await begin(directory)).toMatchObject({ WHEELHOUSE_TOOLCHAIN: '' });
  });

  it('gives a run that writes snapshots back an input that no other has', async () => {
    const directory = workspace();
    const { WHEELHOUSE_RUN: none } = await begin(directory, 'run', 'app:test');
    const { WHEELHOUSE_RUN: first } = await begin(directory, 'run', 'app:test', '--updateSnapshots');
    const { WHEELHOUSE_RUN: second } = await begin(directory, 'test', 'app', '--update-snapshots=true');
    expect(none).toBeUndefined();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
    const { WHEELHOUSE_RUN: served } = await begin(directory, 'test', 'app', '--services=db');
    expect([first, second]).not.toContain(served);
  });
});
