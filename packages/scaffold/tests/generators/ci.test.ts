import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ADOPT_DATABASE, PYTHON_VERSIONS } from '../../src/ci/pipeline.js';
import ci from '../../src/generators/ci/generator.js';
import type { CiGeneratorSchema } from '../../src/generators/ci/schema.js';
import { expectGolden } from '../support/golden.js';
import { heard } from '../support/heard.js';
import { TestWorkspace, written } from '../support/workspace.js';

let workspace: TestWorkspace;
const said = heard();
beforeEach(() => {
  workspace = new TestWorkspace({ 'package-lock.json': '{}\n' });
});
afterEach(() => {
  workspace.remove();
});

function generate(options: CiGeneratorSchema): Record<string, string> {
  const tree = workspace.tree();
  ci(tree, options);
  workspace.flush(tree);
  return written(tree);
}

test.each<[string, CiGeneratorSchema]>([
  ['ci-github', { provider: 'github' }],
  ['ci-github-stage', { provider: 'github', stage: true, branch: 'trunk' }],
  ['ci-gitlab-stage', { provider: 'gitlab', stage: true }],
])('%s', (golden, options) => {
  const tree = workspace.tree();
  ci(tree, options);
  expectGolden(tree, '.', golden);
  for (const [file, text] of Object.entries(written(tree))) {
    if (file.endsWith('.yml')) expect(parse(text)).toBeInstanceOf(Object);
  }
  workspace.flush(tree);
  expect(generate(options)).toEqual({});
  expect(said()).toBe('');
});

test("jobs are added to GitLab's pipeline, and what is there keeps its form", () => {
  const present = 'stages:   [test]   # ours\n\nlint:\n    script: [ "true" ]\n';
  workspace.write('.gitlab-ci.yml', present);
  const text = generate({ provider: 'gitlab' })['.gitlab-ci.yml']!;
  expect(text.startsWith(present)).toBe(true);
  expect(Object.keys(parse(text) as object)).toEqual(['stages', 'lint', 'python-wheels']);
  expect(generate({ provider: 'gitlab' })).toEqual({});
  expect(said()).toBe('');
});

test('the versions of Python that projects ask for are those that are installed', () => {
  const run = (program: string, ...words: readonly string[]): string =>
    execFileSync(program, words, { cwd: workspace.directory, encoding: 'utf8' });
  workspace.write('.python-version', '3.12\r\n# ours\n');
  workspace.write('apps/a b/.python-version', 'python-3.11.7 # pinned\n\n3.12\n');
  workspace.write('ignored/.python-version', '2.7\n');
  workspace.write('.gitignore', 'ignored\n');
  run('git', 'init', '--quiet');
  run('git', 'add', '--all');
  expect(run('bash', '-euo', 'pipefail', '-c', PYTHON_VERSIONS)).toBe('3.11.7\n3.12\n');
  run('git', 'rm', '--quiet', '--cached', '-r', '.');
  expect(run('bash', '-euo', 'pipefail', '-c', PYTHON_VERSIONS)).toBe('');
});

test('what has been built is kept between runs, outside of what is under version control', () => {
  const paths = generate({ provider: 'gitlab' });
  const jobs = parse(paths['.gitlab-ci.yml']!) as Record<string, { variables: object; cache: { paths: string[] } }>;
  const { variables, cache } = jobs['python-wheels']!;
  expect(variables).toMatchObject({ WHEELHOUSE_CACHE_DIR: '$CI_PROJECT_DIR/.nx/wheelhouse' });
  expect(cache.paths).toEqual(['.nx/cache/', '.nx/workspace-data/*.db*', '.nx/wheelhouse/']);
  expect(paths['.gitignore']).toBe('.nx/wheelhouse\n');
  const github = parse(generate({ provider: 'github' })['.github/workflows/python.yml']!) as {
    jobs: { wheels: { steps: { uses?: string; with?: { path?: string } }[] } };
  };
  const step = github.jobs.wheels.steps.find(({ uses }) => uses === 'actions/cache@v4');
  expect(step?.with?.path).toBe('.nx/cache\n.nx/workspace-data/*.db*\n~/.cache/wheelhouse\n');
});

test('a job that was changed stays, and the difference is shown', () => {
  generate({ provider: 'gitlab' });
  workspace.write(
    '.gitlab-ci.yml',
    (workspace.tree().read('.gitlab-ci.yml', 'utf8') ?? '').replace('nx sync:check', 'nx sync'),
  );
  expect(generate({ provider: 'gitlab' })).toEqual({});
  expect(said()).toContain('-    - npx nx sync\n+    - npx nx sync:check\n');
});

test.each([
  ['jobs: [\n', '.gitlab-ci.yml [line '],
  ['- a\n', '.gitlab-ci.yml [line 1 column 0]: not a mapping of jobs'],
])('a pipeline that cannot be read is refused: %j', (text, message) => {
  workspace.write('.gitlab-ci.yml', text);
  const tree = workspace.tree();
  expect(() => {
    ci(tree, { provider: 'gitlab' });
  }).toThrow(message);
  expect(written(tree)).toEqual({});
});

test('an unknown provider is refused', () => {
  expect(() => generate({ provider: 'jenkins' as 'github' })).toThrow(
    'the option `provider` is `jenkins`\nhint: it must be one of `github`, `gitlab`',
  );
});

test("a database of Nx's that another machine has left is called after this one, and its own is left alone", () => {
  const adopt = (): string[] => {
    execFileSync('sh', ['-ec', ADOPT_DATABASE.join('\n')], { cwd: workspace.directory });
    return readdirSync(join(workspace.directory, '.nx/workspace-data')).sort();
  };
  const place = (name: string): string => `.nx/workspace-data/${name}`;
  const [own = ''] = ['/var/lib/dbus/machine-id', '/etc/machine-id'].filter((file) => existsSync(file));
  const machine = readFileSync(own, 'utf8').trim();
  workspace.write(place('project-graph.json'), '{}');
  expect(adopt()).toEqual(['project-graph.json']);
  workspace.write(place('0123456789abcdef-v3.db'), 'data');
  workspace.write(place('0123456789abcdef-v3.db-wal'), 'log');
  expect(adopt()).toEqual([`${machine}-v3.db`, `${machine}-v3.db-wal`, 'project-graph.json'].sort());
  workspace.write(place('0123456789abcdef-v3.db'), 'older');
  adopt();
  expect(readFileSync(join(workspace.directory, place(`${machine}-v3.db`)), 'utf8')).toBe('data');
});
