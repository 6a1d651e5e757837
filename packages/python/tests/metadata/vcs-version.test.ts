import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { ProjectFiles } from '../../src/metadata/project-files.js';
import { pbrVersion } from '../../src/metadata/vcs/pbr-scheme.js';
import { readVcsVersion, type VersionedProject } from '../../src/metadata/vcs/read-vcs-version.js';
import { versionEnvironment, type VersionCommits } from '../../src/metadata/vcs/vcs-environment.js';
import { readVcsSettings, type VcsSettings } from '../../src/metadata/vcs/vcs-settings.js';

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

/** A project without variables that give it a version. */
function project(directory: string): VersionedProject {
  return { directory, name: 'the-app', environment: {} };
}

async function version(pyproject: string, commits?: VersionCommits): Promise<string> {
  const found = settings(pyproject);
  // It is no change of the project's that the settings under test are tried.
  git('checkout', '--quiet', '--', 'app/pyproject.toml');
  return await readVcsVersion(found, { ...project(join(workspace, 'app')), commits });
}

async function messageOf(found: VcsSettings, directory: string): Promise<string> {
  const error = await readVcsVersion(found, project(directory)).then(String, (reason: unknown) => reason);
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
  expect(await readVcsVersion(settings(`${SCM}${fallback}`, none), project(none))).toBe('3.2.1');
  expect(await readVcsVersion(settings(HATCH, none), project(none))).toBe('3.2.1');
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
  expect(await readVcsVersion(fallback, project(none))).toBe(`1.2.4.dev4+g${COMMIT.slice(0, 9)}`);
  writeFileSync(archival, lines('v1.2.3'));
  expect(await readVcsVersion(fallback, project(none))).toBe('1.2.3');
  writeFileSync(archival, 'node: $Format:%H$\ndescribe-name: $Format:%(describe:tags=true)$\n');
  expect(await readVcsVersion(fallback, project(none))).toBe('0.0.1');
});

test('a repository without tags, or none at all, is an error unless there is a fallback', async () => {
  const none = temporaryDirectory();
  expect(await messageOf(settings(SCM, none), none)).toBe(
    'app/pyproject.toml [line 1 column 0]: the version of the project, which setuptools-scm takes from git, is not known: there is no git repository with a commit\nhint: commit the project, or set the version with `SETUPTOOLS_SCM_PRETEND_VERSION`',
  );
  const fallback = settings(`${SCM}fallback_version = "9.9"\n`, none);
  expect(await readVcsVersion(fallback, project(none))).toBe('9.9');
  const unmatched = settings(`${SCM}git_describe_command = "git describe --match=x-*"\n`);
  expect(await messageOf(unmatched, join(workspace, 'app'))).toContain(
    'is not known: no commit before this one has a tag like `x-*`\nhint: create one: `git tag v0.1.0`',
  );
  git('checkout', '--quiet', '--', 'app/pyproject.toml');
});

test('a shallow clone says that it is shallow', async () => {
  const shallow = join(temporaryDirectory(), 'clone');
  git('clone', '--quiet', '--depth', '1', `file://${workspace}`, shallow);
  expect(await messageOf(settings(SCM, join(shallow, 'app')), join(shallow, 'app'))).toContain(
    'is not known: this clone is shallow, and none of its commits has a tag like `*[0-9]*`\nhint: fetch what is missing: `git fetch --unshallow --tags`',
  );
});

test('what cannot be computed is refused by its name', async () => {
  const app = join(workspace, 'app');
  expect(await messageOf(settings(`${SCM}version_scheme = "towncrier-fragments"\n`), app)).toBe(
    'app/pyproject.toml [line 1 column 0]: the `version_scheme` `towncrier-fragments` of setuptools-scm is not one that is computed without running code\nhint: use one of `guess-next-dev`, `no-guess-dev`, `post-release`, `only-version`, `calver-by-date`, `semver-pep440`, `python-simplified-semver`, `semver-pep440-release-branch`, `release-branch-semver`',
  );
  expect(() => settings(`${SCM}version_cls = "mine.Version"\n`)).toThrow(
    '`version_cls` of setuptools-scm is not supported',
  );
  expect(() => settings(`${SCM}[tool.setuptools_scm.scm.git]\ndistance_scope = true\n`)).toThrow(
    '`scm.git.distance_scope` of setuptools-scm is not supported',
  );
  expect(await messageOf(settings('[tool.versioneer]\n'), app)).toContain(
    '`versioneer` reads the version from git when it builds, but builds have no git repository, and it accepts no version from outside',
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

test("a version in the caller's environment counts before git, as it does for the tool", async () => {
  const scm = settings(SCM);
  const given = async (found: VcsSettings, environment: NodeJS.ProcessEnv): Promise<string> =>
    await readVcsVersion(found, { ...project(join(workspace, 'app')), environment }).catch(String);
  const both = { SETUPTOOLS_SCM_PRETEND_VERSION: '9.9', SETUPTOOLS_SCM_PRETEND_VERSION_FOR_THE_APP: '8.8' };
  expect(await given(scm, both)).toBe('8.8');
  expect(await given(scm, { ...both, SETUPTOOLS_SCM_PRETEND_VERSION_FOR_THE_APP: '' })).toBe('9.9');
  expect(await given(settings(PDM), { PDM_BUILD_SCM_VERSION: '7.7', ...both })).toBe('7.7');
  expect(await given(scm, { SETUPTOOLS_SCM_PRETEND_VERSION: 'latest' })).toContain(
    'the variable `SETUPTOOLS_SCM_PRETEND_VERSION`, from which setuptools-scm takes the version, is `latest`, which is not a version',
  );
  git('checkout', '--quiet', '--', 'app/pyproject.toml');
});

test.each([
  ['1.2.3', 0, [], '1.2.3'],
  ['1.2.3', 2, [], '1.2.4.dev2'],
  ['2.0', 0, [], '2.0.0'],
  ['2.0', 3, ['feature'], '2.1.0.dev3'],
  ['1.4', 4, ['bugfix', 'api-break'], '2.0.0.dev4'],
  ['3.0.0rc1', 0, [], '3.0.0.0rc1'],
  ['3.0.0rc1', 2, ['bugfix'], '3.0.0.0rc2.dev2'],
  ['2.0.0.0rc1', 2, [], '2.0.0.0rc2.dev2'],
  ['1.0.0a3', 3, ['deprecation'], '1.1.0.dev3'],
  ['4.0.0.dev1', 0, [], '4.0.0.dev1'],
  ['4.0.0.dev1', 2, [], '4.0.1.dev2'],
])('pbr 7 makes of %s and %i commits with %j the version %s', (version, distance, symbols, expected) => {
  const at = { version, distance, node: COMMIT, dirty: true, branch: 'main', date: '2026-01-01' };
  expect(pbrVersion({ ...at, semVer: new Set(symbols), versionIn: () => undefined })).toBe(expected);
});

test('pbr counts the commits after a tag and reads their `Sem-Ver:` lines', async () => {
  const setup = {
    use_scm_version: undefined,
    pbr: { value: true, origin: { file: 'app/setup.py', line: 1, column: 0 } },
  };
  const found = readVcsSettings(new ProjectFiles(temporaryDirectory(), 'app', '/'), { versionKeywords: setup });
  const app = project(join(workspace, 'app'));
  expect(await readVcsVersion(found!, app)).toBe('1.2.4.dev2');
  git('commit', '--quiet', '--allow-empty', '--message', 'three\n\nSem-Ver: feature, bugfix');
  expect(await readVcsVersion(found!, app)).toBe('1.3.0.dev3');
  git('reset', '--quiet', '--hard', 'HEAD~');
});

describe('settings that are not in pyproject.toml', () => {
  const place = { file: 'app/setup.py', line: 3, column: 4 };
  const without = (): ProjectFiles => new ProjectFiles(temporaryDirectory(), 'app', '/');
  const keyword = (name: 'use_scm_version' | 'pbr', value: unknown): ReturnType<typeof readVcsSettings> => {
    const none = { use_scm_version: undefined, pbr: undefined };
    return readVcsSettings(without(), { versionKeywords: { ...none, [name]: { value, origin: place } } });
  };

  test('are the keyword `use_scm_version` of setup.py, with or without settings of its own', () => {
    expect(keyword('use_scm_version', true)).toMatchObject({ tool: 'setuptools-scm', origin: place });
    expect(keyword('use_scm_version', false)).toBeUndefined();
    const given = { root: '..', local_scheme: 'no-local-version', fallback_version: '1.0' };
    expect(keyword('use_scm_version', given)).toMatchObject({
      ...{ localSchemes: ['no-local-version'], above: true, fallback: '1.0' },
    });
    const unread = { origin: place, why: '`my_scheme` in `use_scm_version` is not supported' };
    const read = (): unknown =>
      readVcsSettings(without(), { versionKeywords: { use_scm_version: unread, pbr: undefined } });
    expect(read).toThrow('`my_scheme` in `use_scm_version` is not supported');
  });

  test('are those of pbr and versioneer, of which the latter takes no version from outside', async () => {
    expect(keyword('pbr', true)).toMatchObject({ tool: 'pbr' });
    expect(keyword('pbr', false)).toBeUndefined();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'setup.cfg'), '[metadata]\nname = app\n\n[versioneer]\nVCS = git\n');
    const found = readVcsSettings(new ProjectFiles(directory, 'app', directory));
    expect(await messageOf(found!, directory)).toBe(
      'app/setup.cfg [line 4 column 0]: `versioneer` reads the version from git when it builds, but builds have no git repository, and it accepts no version from outside\nhint: use setuptools_scm, hatch-vcs or pdm-backend, or write the version into the project',
    );
    // An unpacked sdist has its version.
    writeFileSync(join(directory, 'PKG-INFO'), 'Name: app\nVersion: 1.2\n');
    expect(await readVcsVersion(found!, project(directory))).toBe('1.2');
  });

  test("are poetry-dynamic-versioning's, of which those that are not followed are refused", () => {
    const table = '[tool.poetry-dynamic-versioning]\nenable = true\n';
    expect(settings(`${table}vcs = "git"\nstyle = "pep440"\nbump = false\n`).tool).toBe('poetry-dynamic-versioning');
    expect(() => settings(`${table}bump = true\n`)).toThrow(
      '`bump` of poetry-dynamic-versioning is `true`, which is not supported',
    );
    git('checkout', '--quiet', '--', 'app/pyproject.toml');
  });
});
