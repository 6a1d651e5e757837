import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  formatRequirement,
  OTHER_SETTINGS,
  projectRequirements,
  readProjects,
  UV_SETTINGS,
  type ProjectMetadata,
  type SettingRow,
} from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { writeFiles } from '../testing/files-below.js';

let workspace: string;
beforeEach(() => {
  workspace = temporaryDirectory();
});

function write(files: Readonly<Record<string, string>>): void {
  writeFiles(workspace, files);
}

async function read(text: string, root = 'app'): Promise<ProjectMetadata> {
  write({ [`${root}/pyproject.toml`]: text });
  const [metadata] = await readProjects([root], { workspace, python: () => Promise.reject(new Error('no setup.py')) });
  return metadata!;
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return formatError(error as ElementError);
}

const PROJECT = '[project]\nname = "app"\nversion = "1"\ndependencies = ["six", "idna"]\n';
const POETRY =
  '[build-system]\nrequires = []\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\nname = "app"\nversion = "1"\n';
const HATCH = `[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n${PROJECT}`;

/** A value of each setting, as TOML below the table's header; `key` stands for itself. */
const UV_VALUES: Readonly<Record<string, string>> = {
  sources: 'sources = { six = { git = "https://example.invalid/six.git", tag = "1.0" } }',
  'no-sources': 'no-sources = true\nsources = { six = { path = "../six" } }',
  'no-sources-package': 'no-sources-package = ["six"]\nsources = { six = { path = "../six" } }',
  index: 'index = [{ name = "own", url = "https://example.invalid/simple" }]',
  'index-url': 'index-url = "https://example.invalid/simple"',
  'extra-index-url': 'extra-index-url = ["https://example.invalid/simple"]',
  'find-links': 'find-links = ["./wheels"]',
  'no-index': 'no-index = true',
  'allow-insecure-host': 'allow-insecure-host = ["example.invalid"]',
  'override-dependencies': 'override-dependencies = ["six==1.15.0"]',
  'constraint-dependencies': 'constraint-dependencies = ["idna<3.5"]',
  'build-constraint-dependencies': 'build-constraint-dependencies = ["setuptools<80"]',
  'exclude-newer': 'exclude-newer = "2023-12-01T00:00:00Z"',
  'exclude-newer-package': 'exclude-newer-package = { six = "2023-12-01T00:00:00Z" }',
  prerelease: 'prerelease = "allow"',
  resolution: 'resolution = "lowest-direct"',
  'fork-strategy': 'fork-strategy = "fewest"',
  environments: 'environments = ["sys_platform == \'linux\'"]',
  'dev-dependencies': 'dev-dependencies = ["pytest"]',
  'index-strategy': 'index-strategy = "unsafe-best-match"',
  'dependency-groups': 'dependency-groups = { dev = { requires-python = ">=3.12" } }',
  'torch-backend': 'torch-backend = "auto"',
  'extra-build-variables': 'extra-build-variables = { six = { A = "1" } }',
  'extra-build-dependencies': 'extra-build-dependencies = { six = ["cython"] }',
  'dependency-metadata': 'dependency-metadata = [{ name = "six", requires-dist = [] }]',
  'config-settings': 'config-settings = { a = "b" }',
  'config-settings-package': 'config-settings-package = { six = { a = "b" } }',
  pip: 'pip = { no-header = true, resolution = "lowest" }',
  workspace: 'workspace = { members = ["libs/*"] }',
};

const strip = (metadata: ProjectMetadata): string =>
  JSON.stringify(metadata, (key, value: unknown) => (key === 'origin' || key === 'origins' ? undefined : value));

describe.each(UV_SETTINGS)('[tool.uv] $key', (row: SettingRow) => {
  const value = UV_VALUES[row.key] ?? `${row.key} = ["x"]`;
  // Compared with the same file without the setting itself.
  const rest = value
    .split('\n')
    .filter((line) => !line.startsWith(`${row.key} =`))
    .join('\n');

  test(`is ${row.treatment === 'no effect' ? 'without effect' : row.treatment}`, async () => {
    const text = `${PROJECT}[tool.uv]\n${value}\n`;
    const without = await read(`${PROJECT}[tool.uv]\n${rest}\n`);
    if (row.treatment === 'refused') {
      const isPip = row.key === 'pip';
      const hint = row.hint === undefined ? '' : `\nhint: ${row.hint}`;
      expect(await failure(read(text))).toBe(
        `app/pyproject.toml [line 6 column ${isPip ? 26 : 0}]: \`tool.uv.${isPip ? 'pip.resolution' : row.key}\` is not supported: ${row.note.split(': settings')[0] ?? ''}${hint}`,
      );
      return;
    }
    const metadata = await read(text);
    if (row.treatment === 'honoured') expect(strip(metadata)).not.toBe(strip(without));
    else expect(strip(metadata)).toBe(strip(without));
  });
});

/** Each with a project that has it, and one that does not. */
const OTHERS: Readonly<Record<string, readonly [withIt: string, without: string]>> = {
  'tool.poetry dependencies': [`${POETRY}[tool.poetry.dependencies]\nsix = "^1"\n`, POETRY],
  'tool.poetry group': [`${POETRY}[tool.poetry.group.test.dependencies]\nsix = "^1"\n`, POETRY],
  'tool.poetry dev-dependencies': [`${POETRY}[tool.poetry.dev-dependencies]\nsix = "^1"\n`, POETRY],
  'tool.poetry extras': [
    `${POETRY}[tool.poetry.dependencies]\nsix = "^1"\n[tool.poetry.extras]\nx = ["six"]\n`,
    `${POETRY}[tool.poetry.dependencies]\nsix = "^1"\n`,
  ],
  'tool.poetry source': [
    `${POETRY}[[tool.poetry.source]]\nname = "own"\nurl = "https://example.invalid/simple"\n`,
    POETRY,
  ],
  'tool.poetry package-mode': [`${POETRY}package-mode = false\n`, POETRY],
  'tool.pdm dev-dependencies': [`${PROJECT}[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n`, PROJECT],
  'tool.pdm source': [`${PROJECT}[[tool.pdm.source]]\nname = "own"\nurl = "https://example.invalid/simple"\n`, PROJECT],
  'tool.pdm resolution': [`${PROJECT}[tool.pdm.resolution.overrides]\nsix = "1.15.0"\n`, PROJECT],
  'tool.hatch envs': [`${HATCH}[tool.hatch.envs.hatch-test]\nextra-dependencies = ["pytest"]\n`, HATCH],
  'tool.hatch metadata': [`${HATCH}[tool.hatch.metadata]\nallow-direct-references = true\n`, HATCH],
};

test.each(OTHER_SETTINGS.map((row) => [`${row.table} ${row.key}`, row] as const))('%s', async (name, row) => {
  const [text = '', without = ''] = OTHERS[name] ?? [];
  const before = strip(await read(without));
  if (row.treatment === 'refused') expect(await failure(read(text))).toMatch(/^app\/pyproject\.toml \[line \d+/);
  else if (row.treatment === 'honoured') expect(strip(await read(text))).not.toBe(before);
  else expect(strip(await read(text))).toBe(before);
});

test('an unknown setting is refused with its position, in a uv.toml too', async () => {
  write({ 'uv.toml': 'resolution = "highest"\nnew-thing = true\n' });
  expect(await failure(read(PROJECT))).toBe(
    'uv.toml [line 2 column 0]: `new-thing` is an unknown setting of uv, and may change what is locked\n' +
      'hint: remove it, or set it only in the environment of uv',
  );
});

test('the settings of a uv workspace are those of its root, and sources those of the member first', async () => {
  write({
    'pyproject.toml': `[tool.uv]\nconstraint-dependencies = ["six<2"]\n[tool.uv.workspace]\nmembers = ["app"]\n[tool.uv.sources]\nsix = { path = "six" }\nidna = { url = "https://example.invalid/idna-1.tar.gz" }\n`,
  });
  const metadata = await read(
    `${PROJECT}[tool.uv]\nconstraint-dependencies = ["idna<1"]\nno-build = true\n[tool.uv.sources]\nsix = { git = "https://example.invalid/six", rev = "abc", subdirectory = "a" }\n`,
  );
  const { runtime, constraints } = projectRequirements(metadata, [metadata]);
  expect(runtime.map(({ url }) => url)).toEqual([
    'git+https://example.invalid/six@abc#subdirectory=a',
    'https://example.invalid/idna-1.tar.gz',
  ]);
  expect(constraints?.map(({ specifier, name }) => name + specifier)).toEqual(['six<2']);
});

test('what builds have beside what they declare comes from where the constraints of builds come from', async () => {
  const both = (extra: string, bound: string): string =>
    `extra-build-dependencies = { Six = ["${extra}"] }\nbuild-constraint-dependencies = ["${bound}"]\n`;
  const builds = async (text: string): Promise<unknown> => {
    const metadata = await read(text);
    const { extraBuild = {}, buildConstraints = [] } = projectRequirements(metadata, [metadata]);
    expect(metadata.uvFiles).toContain(metadata.uvSettings);
    return [extraBuild.six?.map(formatRequirement), buildConstraints.map(formatRequirement), metadata.uvSettings];
  };
  const member = `${PROJECT}[tool.uv]\n${both('own', 'own<1')}`;
  expect(await builds(member)).toEqual([['own'], ['own<1'], 'app/pyproject.toml']);
  write({ 'pyproject.toml': `[tool.uv]\n${both('root', 'root<1')}` });
  expect(await builds(member)).toEqual([['own'], ['own<1'], 'app/pyproject.toml']);
  expect(await builds(PROJECT)).toEqual([['root'], ['root<1'], 'pyproject.toml']);
  write({ 'pyproject.toml': `[tool.uv]\n${both('root', 'root<1')}[tool.uv.workspace]\nmembers = ["app"]\n` });
  expect(await builds(member)).toEqual([['root'], ['root<1'], 'pyproject.toml']);
  write({ 'pyproject.toml': '', 'uv.toml': both('file', 'file<1') });
  expect(await builds(PROJECT)).toEqual([['file'], ['file<1'], 'uv.toml']);
  expect(await builds(`${PROJECT}[tool.uv]\nextra-build-dependencies = { idna = ["own"] }\n`)).toEqual([
    undefined,
    [],
    'app/pyproject.toml',
  ]);
});

test('settings are part of the inputs of a lock, and dates of those of build locks', async () => {
  const metadata = await read(
    `${PROJECT}[tool.uv]\noverride-dependencies = ["six==1.15.0"]\nexclude-newer = 2023-12-01T00:00:00Z\n`,
  );
  expect(projectRequirements(metadata, [metadata]).settings).toEqual([
    'exclude-newer = "2023-12-01T00:00:00.000Z"',
    'override-dependencies = ["six==1.15.0"]',
  ]);
});

test.each([
  [
    'six = { workspace = true }',
    'app/pyproject.toml [line 6 column 0]: `six` comes from the workspace, which has no project of that name\n' +
      'hint: make it a project of the workspace, or remove its `workspace = true` from `[tool.uv.sources]`',
  ],
  [
    'six = [{ git = "https://example.invalid/six", marker = "os_name == \'nt\'" }]',
    'app/pyproject.toml [line 6 column 0]: the source of `six` has a `marker`\n' +
      'hint: a distribution can only come from one source; write the URL into the requirement: `name @ ADDRESS ; marker`',
  ],
  [
    'six = { nowhere = true }',
    'app/pyproject.toml [line 6 column 0]: the source of `six` has no location\n' +
      'hint: it must have one of `git`, `url`, `path`, `index` or `workspace = true`',
  ],
])('the source %s is refused', async (source, message) => {
  const text = `${PROJECT}[tool.uv.sources]\n${source}\n`;
  expect(await failure(read(text).then((metadata) => projectRequirements(metadata, [metadata])))).toBe(message);
});

test('what `[tool.uv.pip]` has that changes no version, or as `[tool.uv]` does, passes', async () => {
  const text = `${PROJECT}[tool.uv]\nresolution = "lowest"\n[tool.uv.pip]\nresolution = "lowest"\nno-header = true\n`;
  expect((await read(text)).resolution?.settings).toEqual({ resolution: 'lowest' });
  expect(await failure(read(`${text}no-deps = true\n`))).toBe(
    'app/pyproject.toml [line 10 column 0]: `tool.uv.pip.no-deps` is not supported: only for `uv pip`\n' +
      'hint: set it in `[tool.uv]` itself',
  );
});

const POETRY_2 =
  '[build-system]\nrequires = []\nbuild-backend = "poetry.core.masonry.api"\n[project]\nname = "app"\nversion = "1"\n' +
  'dependencies = ["six>=1", "idna", "attrs"]\n[tool.poetry.dependencies]\n';

test("Poetry's table beside the dependencies of `[project]` says where these come from, and which versions are locked", async () => {
  const metadata = await read(
    `${POETRY_2}six = { git = "https://example.invalid/six.git", tag = "1.0" }\nidna = { version = "^3", source = "own" }\n` +
      'attrs = { path = "../attrs", develop = true }\nother = "^1"\n' +
      '[[tool.poetry.source]]\nname = "own"\nurl = "https://example.invalid/simple"\npriority = "explicit"\n',
  );
  expect(metadata.dependencies.map(formatRequirement)).toEqual(['six>=1', 'idna', 'attrs']);
  const { runtime, constraints } = projectRequirements(metadata, [metadata]);
  expect(runtime.map(formatRequirement)).toEqual([
    'six @ git+https://example.invalid/six.git@1.0',
    'idna',
    'attrs @ file:attrs',
  ]);
  expect(constraints?.map(formatRequirement)).toEqual(['idna<4,>=3', 'other<2,>=1']);
  expect(metadata.indexes?.bindings.map((each) => [each.package, each.index])).toEqual([['idna', 'own']]);
});

test.each([
  [
    'six = { git = "https://example.invalid/six.git", python = "<3.9" }',
    'app/pyproject.toml [line 9 column 14]: `six` comes from a URL under a condition\n' +
      'hint: a distribution can only come from one source; write the URL into the requirement in `[project]`: `name @ ADDRESS ; marker`',
  ],
  [
    'six = { version = "^1", allow-prereleases = true }',
    'app/pyproject.toml [line 9 column 18]: `allow-prereleases` of `six` is not supported\n' +
      'hint: use a pre-release in its version, such as `>=2.0b1`, which allows them, or the option `prereleases`',
  ],
])('%s is refused', async (line, message) => {
  expect(await failure(read(`${POETRY_2}${line}\n`))).toBe(message);
});

test('environments of Hatch have what they inherit, and features of the project; a hatch.toml counts before', async () => {
  const groupsOf = async (text: string): Promise<unknown> => {
    const { dependencyGroups } = await read(`${HATCH}[project.optional-dependencies]\ncli = []\n${text}`);
    return Object.fromEntries(
      Object.entries(dependencyGroups).map(([name, group]) => [name, group.map(formatRequirement)]),
    );
  };
  const text =
    '[tool.hatch.envs.default]\ndependencies = ["pytest"]\n[tool.hatch.envs.test]\nextra-dependencies = ["six"]\n' +
    'features = ["cli"]\n[tool.hatch.envs.tests]\ndetached = true\ndependencies = ["idna"]\n' +
    '[tool.hatch.envs.testing]\ntemplate = "tests"\n[tool.hatch.envs.docs]\ndependencies = ["mkdocs"]\n';
  expect(await groupsOf(text)).toEqual({
    dev: ['pytest'],
    test: ['pytest', 'six', 'app[cli]'],
    tests: ['idna'],
    testing: ['idna'],
  });
  write({ 'app/hatch.toml': '[envs.hatch-test]\nextra-dependencies = ["attrs"]\n' });
  expect(await groupsOf(text)).toEqual({ test: ['attrs'] });
});

test('the page on settings of other tools has a row for each, as it is treated', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/reference/settings-of-other-tools.md'), 'utf8');
  const cells = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(' | ')
        .map((cell) => cell.replace(/^\||\|$/g, '').trim())
        .join(' | '),
    );
  expect(cells).toEqual(
    [...UV_SETTINGS, ...OTHER_SETTINGS].map(
      ({ table, key, treatment, note }) => `\`${table}.${key}\` | ${treatment} | ${note}`,
    ),
  );
});
