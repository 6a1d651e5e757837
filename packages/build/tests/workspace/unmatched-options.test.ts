import { join } from 'node:path';
import { openWorkspace } from '../../src/workspace/open-workspace.js';
import { unmatchedGlobs, unmatchedNames } from '../../src/workspace/unmatched-options.js';
import { wheelhouse } from '../support/command.js';
import { gitInit, pyproject, temporaryDirectories } from '../support/workspace.js';

const directory = temporaryDirectories();

const workspaceRoot = directory({
  'nx.json': JSON.stringify({
    plugins: [
      {
        plugin: '@wheelhouse/build',
        options: {
          extras: ['Post_Gres', 'mysqll'],
          testExtras: ['qa'],
          testGroups: ['checks', 'typing'],
          exclude: ['dcos/**', 'notes/**'],
          testInclude: ['checks/**', 'probes/**'],
        },
      },
    ],
  }),
  'one/pyproject.toml': `${pyproject('one')}[project.optional-dependencies]\npost-gres = ["psycopg"]\n`,
  'one/notes/a.txt': '',
  'two/pyproject.toml': `${pyproject('two')}[dependency-groups]\ntyping = ["mypy"]\n`,
  'two/checks/check_two.py': '',
});
gitInit(workspaceRoot);

async function open(): ReturnType<typeof openWorkspace> {
  const memo = (name: string): string => join(workspaceRoot, '.nx', name);
  return await openWorkspace({ directory: workspaceRoot, environment: process.env, memo });
}

describe('options that nothing fits', () => {
  it('are names of extras and groups that no project has', async () => {
    expect(unmatchedNames(await open())).toEqual([
      {
        text: 'the option `extras` lists the extra `mysqll`, which no project has',
        hint: 'the projects have `post-gres`',
      },
      {
        text: 'the option `testExtras` lists the extra `qa`, which no project has',
        hint: 'the projects have `post-gres`',
      },
      {
        text: 'the option `testGroups` lists the dependency group `checks`, which no project has',
        hint: 'the projects have `typing`',
      },
    ]);
  });

  it('are globs that no file of a project fits', async () => {
    const hint = 'globs are relative to the project; files that git ignores are excluded';
    expect(await unmatchedGlobs(await open())).toEqual([
      { text: 'the option `exclude` has `dcos/**`, which matches no file of a project', hint },
      { text: 'the option `testInclude` has `probes/**`, which matches no file of a project', hint },
    ]);
  });

  it('are reported by doctor', () => {
    const { stdout } = wheelhouse(['doctor'], {
      cwd: workspaceRoot,
      environment: { ...process.env, WHEELHOUSE_CACHE_DIR: directory() },
    });
    expect(stdout).toMatch(/^note +options +the option `extras` lists the extra `mysqll`, which no project has\n/m);
    expect(stdout).toMatch(
      /^note +options +the option `exclude` has `dcos\/\*\*`, which matches no file of a project\n/m,
    );
  }, 120_000);
});
