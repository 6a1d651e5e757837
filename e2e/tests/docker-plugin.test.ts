import { existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { Workspace } from './support/workspace.js';

const FIXTURE = join(REPOSITORY, 'e2e', 'fixtures', 'build-stage');

let directory: string;
let workspace: Workspace;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-docker-plugin-'));
  workspace = new Workspace({
    base: directory,
    source: FIXTURE,
    parts: ['nx.json', 'package.json', '.gitignore'],
    sharesStore: true,
  });
  const installed = workspace.path('node_modules/@nx/docker');
  if (!existsSync(installed)) symlinkSync(join(REPOSITORY, 'node_modules', '@nx', 'docker'), installed);
});

afterAll(() => {
  removeTree(directory);
});

test('the stage lives beside @nx/docker, whose entry in nx.json leaves its Dockerfiles out', async () => {
  workspace.edit('nx.json', '[{ "plugin": "@wheelhouse/build" }]', '[{ "plugin": "@wheelhouse/build" }, "@nx/docker"]');
  const words = ['--framework=flask', '--pin=never', '--lock=false', '--no-interactive'];
  const made = await workspace.nx(['g', '@wheelhouse/scaffold:app', 'web', ...words]);
  expect(made).toHaveEndedWell();
  const { plugins } = JSON.parse(workspace.read('nx.json')) as { plugins: unknown[] };
  expect(plugins).toEqual([{ plugin: '@wheelhouse/build' }, { plugin: '@nx/docker', exclude: ['web/docker/**'] }]);
  expect(await workspace.nx(['show', 'projects'])).toMatchObject({ exitCode: 0, stdout: 'web\n' });
  const { targets } = JSON.parse((await workspace.nx(['show', 'project', 'web', '--json'])).stdout) as {
    targets: Record<string, unknown>;
  };
  expect(Object.keys(targets)).toEqual(
    expect.arrayContaining(['build-wheel', 'test', 'stage:build', 'stage:test', 'stage:builder', 'stage:release']),
  );

  // What the exclusion is for.
  workspace.edit('nx.json', '"web/docker/**"', '"other/**"');
  const { exitCode, stdout, stderr } = await workspace.nx(['show', 'projects']);
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toContain('web/docker/');
});
