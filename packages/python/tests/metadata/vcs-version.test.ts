import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatError, ElementError } from '@wheelhouse/element';
import { ProjectFiles } from '../../src/metadata/project-files.js';
import { readVcsVersion } from '../../src/metadata/vcs/read-vcs-version.js';
import { versionEnvironment, type VersionCommits } from '../../src/metadata/vcs/vcs-environment.js';
import { readVcsSettings, type VcsSettings } from '../../src/metadata/vcs/vcs-settings.js';
import { temporaryDirectory } from '../testing/tools.js';

const SCM = '[tool.setuptools_scm]\n';
const HATCH = '[tool.hatch.version]\nsource = "vcs"\n';
const PDM = '[tool.pdm.version]\nsource = "scm"\n';

const COMMIT = '0123456789'.repeat(4);

let workspace: string;

function git(...words: readonly string[]): string {
  const identity = ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.org', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...identity, ...words], { cwd: workspace, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A commit that changes a file. @returns its abbreviated hash */
function commit(path: string, text: string): string {
  mkdirSync(join(workspace, path, '..'), { recursive: true });
  writeFileSync(join(workspace, path), text);
  git('add', '--all');
  git('commit', '--quiet', '--message', text);
  return git('rev-parse', 'HEAD');
}

function settings(pyproject: string, directory = join(workspace, 'app')): VcsSettings {
  writeFileSync(join(directory, 'pyproject.toml'), pyproject);
  const found = readVcsSettings(new ProjectFiles(directory, 'app', directory));
  if (found === undefined) throw new Error('no settings are read');
  return found;
}

async function version(pyproject: string, commits?: VersionCommits): Promise<string> {
  const found = settings(pyproject);
  // It is no change of the project's that the settings under test are tried.
  git('checkout', '--quiet', '--', 'app/pyproject.toml');
  return await readVcsVersion(found, join(workspace, 'app'), commits);
}

async function complaint(found: VcsSettings, directory: string): Promise<string> {
  const error = await readVcsVersion(found, directory).then(String, (reason: unknown) => reason);
  return error instanceof ElementError ? formatError(error) : String(error);
}

let last: string;
let ofApp: string;

beforeAll(() => {
  workspace = temporaryDirectory();
  git('init', '--quiet', '--initial-branch=main');
  commit('app/pyproject.toml', SCM);
  git('tag', 'v1.2.3');
  ofApp = commit('app/a.py', 'one');
  last = commit('other/b.py', 'two');
});

test.each([
  ['setuptools_scm', SCM, () => `1.2.4.dev2+g${last.slice(0, 9)}`],
  ['hatch-vcs', HATCH, () => `1.2.4.dev2+g${last.slice(0, 9)}`],
  ['pdm-backend', PDM, () => `1.2.4.dev2+g${last.slice(0, 7)}`],
  [
    'no-guess-dev',
    `${SCM}version_scheme = "no-guess-dev"\nlocal_scheme = "no-local-version"\n`,
    () => '1.2.3.post1.dev2',
  ],
  ['post-release', `${SCM}version_scheme = "post-release"\nlocal_scheme = "dirty-tag"\n`, () => '1.2.3.post2'],
  ['hatch-vcs by its raw options', `${HATCH}raw-options = { local_scheme = "no-local-version" }\n`, () => '1.2.4.dev2'],
  [
    'poetry-dynamic-versioning',
    '[tool.poetry-dynamic-versioning]\nenable = true\n',
    () => `1.2.3.post2.dev0+${last.slice(0, 7)}`,
  ],
])('commits after a tag are counted as the tool does: %s', async (_what, pyproject, expected) => {
  expect(await version(pyproject)).toBe(expected());
});

test('only the commits that touch the project count where that is asked for', async () => {
  expect(await version(SCM, 'project')).toBe(`1.2.4.dev1+g${ofApp.slice(0, 9)}`);
});

test('uncommitted changes are marked without the day of the build', async () => {
  writeFileSync(join(workspace, 'app', 'a.py'), 'changed');
  expect(await version(SCM)).toBe(`1.2.4.dev2+g${last.slice(0, 9)}.dirty`);
  git('checkout', '--quiet', '--', 'app/a.py');
  writeFileSync(join(workspace, 'other', 'b.py'), 'changed');
  expect(await version(SCM, 'project')).toBe(`1.2.4.dev1+g${ofApp.slice(0, 9)}`);
  git('checkout', '--quiet', '--', 'other/b.py');
});

test('the tags of a project in a monorepo are chosen by its settings, and a tag itself is the version', async () => {
  git('tag', 'app-v3.0.0rc1');
  const own = '[tool.setuptools_scm]\ntag_regex = "^app-v(?P<version>.*)$"\n';
  expect(await version(`${own}git_describe_command = "git describe --long --match 'app-v*'"\n`)).toBe('3.0.0rc1');
  const scm = `[tool.setuptools_scm.scm.git]\ndescribe_command = ["git", "describe", "--match", "v*"]\n`;
  expect(await version(`[tool.setuptools_scm]\n${scm}`)).toBe(`1.2.4.dev2+g${last.slice(0, 9)}`);
  git('tag', '--delete', 'app-v3.0.0rc1');
});

test('the PKG-INFO of an unpacked sdist counts before a fallback, and before a repository around the project', async () => {
  const packed = 'Metadata-Version: 2.1\r\nName: app\r\nVersion: 3.2.1\r\n\r\nVersion: 9\r\n';
  const none = temporaryDirectory();
  writeFileSync(join(none, 'PKG-INFO'), packed);
  const fallback = 'fallback_version = "0.0.1"\n';
  expect(await readVcsVersion(settings(`${SCM}${fallback}`, none), none)).toBe('3.2.1');
  expect(await readVcsVersion(settings(HATCH, none), none)).toBe('3.2.1');
  const own = join(workspace, 'app', 'PKG-INFO');
  writeFileSync(own, packed);
  expect(await version(SCM)).toBe('3.2.1');
  // Whoever names the repository means it.
  expect(await version(`${SCM}root = ".."\n`)).toBe(`1.2.4.dev2+g${last.slice(0, 9)}`);
  rmSync(own);
});

test('what git archive writes down is the commit, unless it is as it was checked in', async () => {
  const none = temporaryDirectory();
  const archival = join(none, '.git_archival.txt');
  const lines = (describe: string): string =>
    `node: ${COMMIT}\nnode-date: 2026-02-03T04:05:06+00:00\ndescribe-name: ${describe}\nref-names: HEAD -> main\n`;
  writeFileSync(archival, lines('v1.2.3-4-g0123456789'));
  const fallback = settings(`${SCM}fallback_version = "0.0.1"\n`, none);
  expect(await readVcsVersion(fallback, none)).toBe(`1.2.4.dev4+g${COMMIT.slice(0, 9)}`);
  writeFileSync(archival, lines('v1.2.3'));
  expect(await readVcsVersion(fallback, none)).toBe('1.2.3');
  writeFileSync(archival, 'node: $Format:%H$\ndescribe-name: $Format:%(describe:tags=true)$\n');
  expect(await readVcsVersion(fallback, none)).toBe('0.0.1');
});

test('a repository without tags, or none at all, is an error unless there is a fallback', async () => {
  const none = temporaryDirectory();
  expect(await complaint(settings(SCM, none), none)).toBe(
    'app/pyproject.toml [line 1 column 0]: the version of the project, which setuptools-scm takes from git, is not known: there is no git repository with a commit\nhint: commit the project',
  );
  const fallback = settings(`${SCM}fallback_version = "9.9"\n`, none);
  expect(await readVcsVersion(fallback, none)).toBe('9.9');
  const unmatched = settings(`${SCM}git_describe_command = "git describe --match=x-*"\n`);
  expect(await complaint(unmatched, join(workspace, 'app'))).toContain(
    'is not known: no commit before this one has a tag like `x-*`\nhint: make one: `git tag v0.1.0`',
  );
  git('checkout', '--quiet', '--', 'app/pyproject.toml');
});

test('a shallow clone says that it is shallow', async () => {
  const shallow = join(temporaryDirectory(), 'clone');
  git('clone', '--quiet', '--depth', '1', `file://${workspace}`, shallow);
  expect(await complaint(settings(SCM, join(shallow, 'app')), join(shallow, 'app'))).toContain(
    'is not known: this clone is shallow, and none of its commits has a tag like `*[0-9]*`\nhint: fetch what is missing: `git fetch --unshallow --tags`',
  );
});

test('what cannot be computed is refused by its name', async () => {
  const app = join(workspace, 'app');
  expect(await complaint(settings(`${SCM}version_scheme = "towncrier-fragments"\n`), app)).toBe(
    'app/pyproject.toml [line 1 column 0]: the `version_scheme` `towncrier-fragments` of setuptools-scm is not one that is computed without running code\nhint: use one of `guess-next-dev`, `no-guess-dev`, `post-release`, `only-version`, `calver-by-date`, `semver-pep440`, `python-simplified-semver`, `semver-pep440-release-branch`, `release-branch-semver`',
  );
  expect(() => settings(`${SCM}version_cls = "mine.Version"\n`)).toThrow(
    '`version_cls` of setuptools-scm is not followed',
  );
  expect(() => settings(`${SCM}[tool.setuptools_scm.scm.git]\ndistance_scope = true\n`)).toThrow(
    '`scm.git.distance_scope` of setuptools-scm is not followed',
  );
  expect(await complaint(settings('[tool.versioneer]\n'), app)).toContain(
    '`versioneer` looks for the version in git when it builds, where there is none, and takes none from outside',
  );
  git('checkout', '--quiet', '--', 'app/pyproject.toml');
});

test('each tool is handed the version by its own variable', () => {
  const app = join(workspace, 'app');
  expect([SCM, PDM].map((pyproject) => versionEnvironment(settings(pyproject), '1.0'))).toEqual([
    { SETUPTOOLS_SCM_PRETEND_VERSION: '1.0' },
    { PDM_BUILD_SCM_VERSION: '1.0' },
  ]);
  expect(readVcsSettings(new ProjectFiles(temporaryDirectory(), 'app', app))).toBeUndefined();
  git('checkout', '--quiet', '--', 'app/pyproject.toml');
});
