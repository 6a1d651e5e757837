import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import type { Ended } from './support/users.js';
import { Workspace } from './support/workspace.js';

const FIXTURE = join(REPOSITORY, 'e2e', 'fixtures', 'lock-inputs');
const DISTRIBUTIONS = join(REPOSITORY, 'packages', 'python', 'src', 'testing', 'make_distributions.py');

let base: string;
let repository: string;
let workspace: Workspace;

function git(...words: readonly string[]): string {
  return execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...words], {
    encoding: 'utf8',
  }).trim();
}

/** A repository with a project whose requirements only its backend knows. */
function commitForked(version: string): string {
  writeFileSync(
    join(repository, 'pyproject.toml'),
    `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "forked"\nversion = "${version}"\ndynamic = ["dependencies"]\n`,
  );
  git('add', '--all');
  git('commit', '--quiet', '--message', version);
  return git('rev-parse', 'HEAD');
}

async function nx(...words: readonly string[]): Promise<Ended> {
  return await workspace.nx(['run', ...words, '--output-style=static'], { environment: { REPOSITORY: repository } });
}

async function wheelhouse(...words: readonly string[]): Promise<Ended> {
  return await workspace.wheelhouse(words, { environment: { REPOSITORY: repository } });
}

function pins(): string[] {
  return workspace.read('app/locks/runtime.txt').match(/^[a-z]+==\S+/gm) ?? [];
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-lock-inputs-'));
  repository = join(base, 'forked');
  mkdirSync(repository);
  git('init', '--quiet', '--initial-branch=main');
  cpSync(join(FIXTURE, 'app', 'backend.py'), join(repository, 'backend.py'));
  commitForked('1.0');
  workspace = new Workspace({ base, source: FIXTURE, parts: ['app', 'constraints.txt', 'nx.json'] });
  mkdirSync(workspace.path('wheels'));
  const distributions = ['1.0', '2.0'].map((version) => ({ name: 'leaf', version, format: 'wheel' }));
  execFileSync('python3', [DISTRIBUTIONS, workspace.path('wheels'), JSON.stringify(distributions)]);
  const { exitCode, stdout, stderr } = await nx('app:lock');
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  workspace.commit();
}, 600_000);

afterAll(() => {
  removeTree(base);
});

beforeEach(() => {
  workspace.restore();
});

test('a wheelhouse is built of what requirements files, constraints and a repository name, without a network', async () => {
  expect(pins()).toEqual(['forked==1.0', 'leaf==1.0']);
  rmSync(repository, { recursive: true });
  try {
    const built = await wheelhouse('build', 'app');
    expect([built.exitCode, built.stderr]).toEqual([0, '']);
    expect(
      readdirSync(workspace.path('dist/app/wheelhouse'))
        .filter((name) => name.endsWith('.whl'))
        .sort(),
    ).toEqual(['app-1.0-py3-none-any.whl', 'forked-1.0-py3-none-any.whl', 'leaf-1.0-py3-none-any.whl']);
  } finally {
    mkdirSync(repository);
    git('init', '--quiet', '--initial-branch=main');
    cpSync(join(FIXTURE, 'app', 'backend.py'), join(repository, 'backend.py'));
    commitForked('1.1');
  }
}, 300_000);

test.each([
  [
    'app/requirements.txt',
    'leaf\n',
    'leaf>=1\n',
    [
      'the lock `app/locks/test.txt` is out of date: `leaf` is now `leaf>=1` (app/requirements.txt [line 4 column 0])',
      'hint: run `nx run app:lock`',
      'the lock `app/locks/runtime.txt` is out of date: `leaf` is now `leaf>=1` (app/requirements.txt [line 4 column 0])',
      'hint: run `nx run app:lock`',
    ],
  ],
  [
    'constraints.txt',
    'leaf<2',
    'leaf<3',
    [
      ...['test', 'runtime', 'build/app', 'build/forked'].flatMap((name) => [
        `the lock \`app/locks/${name}.txt\` is out of date: the constraint \`leaf<2\` is now \`leaf<3\` (constraints.txt [line 1 column 0])`,
        'hint: run `nx run app:lock`',
      ]),
    ],
  ],
])(
  'a change of %s makes the locks stale, and what changed is named',
  async (file, from, to, lines) => {
    workspace.edit(file, from, to);
    expect(await wheelhouse('build', 'app')).toEqual({ exitCode: 1, stdout: '', stderr: `${lines.join('\n')}\n` });
  },
  120_000,
);

test('a vendored file that was tampered with is refused, also when what was made of it is cached', async () => {
  appendFileSync(workspace.path('app/locks/vendor/forked-1.0.tar.gz'), 'x');
  const { exitCode, stderr } = await wheelhouse('build', 'app');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^app\/locks\/test\.txt \[line \d+ column 0\]: `app\/locks\/vendor\/forked-1\.0\.tar\.gz` is not the locked file: it is `sha256:/,
  );
}, 120_000);

test('nx sync makes locks that are not there, and the files beside them', async () => {
  workspace.remove('app/locks');
  const synced = await workspace.nx(['sync'], { environment: { REPOSITORY: repository } });
  expect([synced.exitCode, pins()]).toEqual([0, ['forked==1.1', 'leaf==1.0']]);
  expect(readdirSync(workspace.path('app/locks/vendor'))).toEqual(['forked-1.1.tar.gz']);
  expect(await wheelhouse('build', 'app')).toMatchObject({ exitCode: 0, stderr: '' });
}, 300_000);

test('--upgrade takes what is new, of everything or of a name, and a name that is in no lock is refused', async () => {
  const misspelt = await nx('app:lock', '--upgrade=forkde');
  expect(misspelt.exitCode).toBe(1);
  expect(misspelt.stdout + misspelt.stderr).toContain(
    '`forkde` cannot be upgraded: it is not in the locks of `app`\nhint: did you mean `forked`?',
  );
  workspace.write('constraints.txt', '');
  expect((await wheelhouse('lock', 'app')).exitCode).toBe(0);
  expect(pins()).toEqual(['forked==1.0', 'leaf==1.0']);
  const one = await nx('app:lock', '--upgrade=leaf');
  expect([one.exitCode, pins()]).toEqual([0, ['forked==1.0', 'leaf==2.0']]);
  const other = await wheelhouse('lock', '--upgrade=Forked', 'app');
  expect([other.exitCode, other.stderr, pins()]).toEqual([0, '', ['forked==1.1', 'leaf==2.0']]);
  workspace.restore();
  workspace.write('constraints.txt', '');
  const all = await nx('app:lock', '--upgrade');
  expect([all.exitCode, pins()]).toEqual([0, ['forked==1.1', 'leaf==2.0']]);
}, 600_000);
