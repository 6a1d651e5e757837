import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { ProjectFiles } from '../../src/metadata/project-files.js';
import { readVcsVersion } from '../../src/metadata/vcs/read-vcs-version.js';
import { readVcsSettings } from '../../src/metadata/vcs/vcs-settings.js';
import { isVersion } from '../../src/requirements/specifier.js';
import { installed } from '../testing/pip-environment.js';

// What is computed here is what setuptools_scm itself says of the same repository.

const REAL = ['setuptools-scm==10.3.4', 'vcs-versioning==2.6.0', 'setuptools==80.9.0', 'packaging==25.0'];
/** Asks for many settings at once. It fails by itself on none: what it raises is an answer, too. */
const ASK = `import json, sys, warnings
warnings.simplefilter("ignore")
from setuptools_scm import Configuration
from vcs_versioning._get_version_impl import _get_version
answers = []
for text in json.load(sys.stdin):
    with open("pyproject.toml", "w") as file:
        file.write(text)
    try:
        answers.append(_get_version(Configuration.from_file("pyproject.toml"), force_write_version_files=False))
    except Exception as error:
        answers.append("error: " + type(error).__name__)
print(json.dumps(answers))`;

const VERSIONS = [
  ...['guess-next-dev', 'no-guess-dev', 'post-release', 'only-version', 'calver-by-date', 'semver-pep440'],
  ...['python-simplified-semver', 'semver-pep440-release-branch', 'release-branch-semver'],
];
const LOCALS = [
  ...['node-and-date', 'node-and-timestamp', 'dirty-tag', 'no-local-version', 'no-local-version-strict'],
  '["fail-on-uncommitted-changes", "node-and-date"]',
];

let repository: string;
let day: string;

function git(...words: readonly string[]): string {
  const identity = ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.org'];
  const env = { ...process.env, GIT_COMMITTER_DATE: day, GIT_AUTHOR_DATE: day };
  return execFileSync('git', [...identity, ...words], { cwd: repository, encoding: 'utf8', stdio: 'pipe', env }).trim();
}

/** A repository with a tag and some commits after it. */
function repositoryAt(tag: string, branch: string, commits: number): void {
  repository = temporaryDirectory();
  day = '2024-03-01T23:30:00-05:00';
  git('init', '--quiet', `--initial-branch=${branch}`);
  writeFileSync(join(repository, 'pyproject.toml'), '');
  writeFileSync(join(repository, 'a.py'), '');
  // What is tried is no change of the project's.
  writeFileSync(join(repository, '.gitignore'), 'pyproject.toml\n');
  git('add', 'a.py', '.gitignore');
  git('commit', '--quiet', '--message', 'first');
  git('tag', tag);
  for (let index = 0; index < commits; index += 1) git('commit', '--quiet', '--allow-empty', '--message', 'more');
}

function pyproject(version: string, local: string, more = ''): string {
  const scheme = local.startsWith('[') ? local : `"${local}"`;
  return `[tool.setuptools_scm]\nversion_scheme = "${version}"\nlocal_scheme = ${scheme}\n${more}`;
}

function ofSetuptoolsScm(texts: readonly string[]): string[] {
  const env = { PATH: process.env.PATH, PYTHONPATH: installed(...REAL), PYTHONDONTWRITEBYTECODE: '1' };
  const output = execFileSync('python3', ['-c', ASK], {
    ...{ cwd: repository, encoding: 'utf8', env, stdio: ['pipe', 'pipe', 'ignore'], input: JSON.stringify(texts) },
  });
  return (JSON.parse(output) as readonly string[]).map((answer) => answer.replace(/([+.])d\d{8,14}$/, '$1dirty'));
}

async function ours(text: string): Promise<string> {
  writeFileSync(join(repository, 'pyproject.toml'), text);
  const found = readVcsSettings(new ProjectFiles(repository, 'app', repository));
  return await readVcsVersion(found!, { directory: repository, name: 'app', environment: {} }).catch(
    (error: unknown) => {
      if (error instanceof ElementError) return `error: ${formatError(error)}`;
      throw error;
    },
  );
}

/** Both answers to each text; of errors only that they are some. */
async function compared(texts: readonly string[]): Promise<readonly [string[], string[]]> {
  // setuptools_scm adds `.post1` to what is a post-release, and its caller fails.
  const short = (answer: string): string => (isVersion(answer) ? answer : 'error');
  const own = [];
  for (const text of texts) own.push(short(await ours(text)));
  return [own, ofSetuptoolsScm(texts).map(short)];
}

const TAGS: readonly (readonly [tag: string, branch: string, commits: number])[] = [
  ['v1.2.3', 'main', 2],
  ['v1.2.3', 'main', 0],
  ['1.2', 'some-feature', 1],
  ['v1.2.3', 'release/1.2', 1],
  ['v1.2.3', 'release/v1.2.x', 1],
  ['v1.2.3', 'issue-12', 3],
  ['my-app-2.0.0rc1', 'main', 1],
  ['1!2.3', 'main', 1],
  ['v2.0.dev0', 'main', 4],
  ['v3', 'main', 1],
  ['v1.4.0+build.7', 'main', 1],
  ['v2024.03.02', 'main', 1],
  ['v24.3.2.4', 'main', 2],
  ['v24.2.28', 'main', 1],
  ['2024.12.31', 'main', 1],
  ['v2024.03.02', 'release-2024.5.1', 1],
  ['v1.0.post1', 'main', 1],
  ['1.2.3.4', 'main', 1],
];

test.each(TAGS)(
  '%s on %s with %d commits after it',
  async (tag, branch, commits) => {
    repositoryAt(tag, branch, commits);
    const texts = VERSIONS.map((version) => pyproject(version, 'node-and-date'));
    const [own, real] = await compared(texts);
    expect(own).toEqual(real);
  },
  60_000,
);

test.each([0, 1])(
  'uncommitted changes %d commits after the tag',
  async (commits) => {
    repositoryAt('v24.3.2', 'main', commits);
    writeFileSync(join(repository, 'a.py'), 'changed');
    const texts = VERSIONS.flatMap((version) => LOCALS.map((local) => pyproject(version, local)));
    const [own, real] = await compared(texts);
    expect(own).toEqual(real);
  },
  60_000,
);

test('no branch is checked out', async () => {
  repositoryAt('v1.2.3', 'release/1.2', 2);
  git('checkout', '--quiet', '--detach');
  const [own, real] = await compared(VERSIONS.map((version) => pyproject(version, 'no-local-version')));
  expect(own).toEqual(real);
}, 60_000);

test('tags are chosen and read as the table says', async () => {
  repositoryAt('app-v1.2.3', 'main', 1);
  git('tag', 'event-2024');
  git('tag', 'other-v9.0');
  const texts = [
    '[tool.setuptools_scm.tag]\nprefix = "app-v"\n',
    '[tool.setuptools_scm.tag]\nprefix = "app-v"\nstrict = true\n',
  ].map((tag) => pyproject('guess-next-dev', 'no-local-version', tag));
  const [own, real] = await compared(texts);
  expect([own, real]).toEqual([
    ['1.2.4.dev1', '1.2.4.dev1'],
    ['1.2.4.dev1', '1.2.4.dev1'],
  ]);
}, 60_000);

test('what a scheme makes no version of is an error that says so', async () => {
  repositoryAt('v1.0.post1', 'main', 1);
  expect(await ours(pyproject('no-guess-dev', 'no-local-version'))).toBe(
    'error: app/pyproject.toml [line 1 column 0]: the `version_scheme` `no-guess-dev` with `local_scheme` `no-local-version` of setuptools-scm has no version: `1.0.post1` is already a post-release',
  );
  writeFileSync(join(repository, 'a.py'), 'changed');
  expect(await ours(pyproject('only-version', 'no-local-version-strict'))).toContain(
    'has no version: there are uncommitted changes',
  );
});
