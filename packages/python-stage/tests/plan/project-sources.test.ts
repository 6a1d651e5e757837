import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  findPython,
  readProjects,
  WHEEL_EXCLUDES,
  type ProjectSettings,
  wheelSourceMatcher,
  type OwnProject,
  type SourcesUse,
} from '@wheelhouse/python/internal';
import { ProjectFiles, readVcsSettings } from '@wheelhouse/python/metadata';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { projectSources } from '../../src/plan/project-sources.js';

const HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';

async function project(more: string, settings: ProjectSettings = {}): Promise<OwnProject> {
  const workspace = temporaryDirectory();
  const file = join(workspace, 'apps/a/pyproject.toml');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${HATCHLING}[project]\nname = "a"\nversion = "1"\n${more}`);
  const [metadata] = await readProjects(['apps/a'], { workspace, python: () => findPython(process.env) });
  if (metadata === undefined) throw new Error('no project');
  return { metadata, settings };
}

/** What the elements of a project get, or why they cannot be planned. */
async function planned(use: SourcesUse, more: string, settings?: ProjectSettings): Promise<unknown> {
  const own = await project(more, settings);
  try {
    return projectSources(own, use);
  } catch (error) {
    if (error instanceof ElementError) return formatError(error);
    throw error;
  }
}

const OWN = { kind: 'project-files', path: 'apps/a', exclude: WHEEL_EXCLUDES };

test('a project that needs nothing from elsewhere is built in place', async () => {
  expect(await planned('wheel', '')).toEqual({ variables: {}, sources: [OWN] });
});

test('named files are sources of distributions, those for the sdist of the sdist alone, and not of tests', async () => {
  const more =
    'readme = "docs/README.md"\nlicense-files = ["docs/licences/*"]\n[tool.hatch.build.targets.sdist]\ninclude = ["tests"]\n';
  const named = { named: ['docs/README.md'], 'named-globs': ['docs/licences/*'] };
  for (const use of ['wheel', 'hook'] as const) {
    expect(await planned(use, more)).toEqual({ variables: {}, sources: [{ ...OWN, ...named }] });
  }
  expect(await planned('sdist', more)).toEqual({
    variables: {},
    sources: [{ ...OWN, ...named, 'named-globs': ['docs/licences/*', 'tests/**'] }],
  });
  expect(JSON.stringify(await planned('test', more))).not.toContain('named');
  const matches = wheelSourceMatcher(await project(more));
  expect(['docs/README.md', 'docs/x.md', 'docs/licences/MIT', 'tests/test_a.py', 'a/x.py'].filter(matches)).toEqual([
    'docs/README.md',
    'docs/licences/MIT',
    'a/x.py',
  ]);
});

test('what tasks make is a source of distributions, but is not there yet when the backend is asked', async () => {
  const generated = [{ files: ['a/static/**'], by: 'bundle' }];
  for (const use of ['wheel', 'sdist'] as const) {
    expect(await planned(use, '', { generated })).toEqual({ variables: {}, sources: [{ ...OWN, generated }] });
  }
  expect(await planned('hook', '', { generated })).toEqual({ variables: {}, sources: [OWN] });
});

test('a project with shared files is at its path in the workspace', async () => {
  expect(await planned('wheel', 'readme = "../../README.md"\n', { shared: ['README.md'] })).toEqual({
    variables: { 'command-subdir': 'apps/a' },
    sources: [{ ...OWN, shared: ['README.md'] }],
  });
});

test('a named file outside of the project is an error where it is named, until it is shared', async () => {
  expect(await planned('wheel', 'readme = "../../README.md"\n', { shared: ['LICENSE'] })).toBe(
    'apps/a/pyproject.toml [line 7 column 0]: the metadata refers to `../../README.md`, which is outside the project\n' +
      'hint: add `README.md` to the option `shared`, for workspace files that are staged with the project; if the backend refuses paths outside the project, link to it from the project',
  );
  expect(await planned('hook', 'readme = "../../../README.md"\n')).toBe(
    'apps/a/pyproject.toml [line 7 column 0]: the metadata refers to `../../../README.md`, which is outside the workspace\n' +
      'hint: sandboxes contain only files of the workspace: move it there',
  );
});

test('a version file whose path begins at the repository is refused, unless that is staged, too', async () => {
  const own = await project('');
  const directory = temporaryDirectory();
  const scm = '[tool.setuptools_scm]\nroot = "../.."\nwrite_to = "apps/a/a/_version.py"\n';
  writeFileSync(join(directory, 'pyproject.toml'), scm);
  const vcsVersion = readVcsSettings(new ProjectFiles(directory, 'apps/a', directory));
  const versioned = { ...own, metadata: { ...own.metadata, ...(vcsVersion === undefined ? {} : { vcsVersion }) } };
  expect(() => projectSources(versioned, 'wheel')).toThrow(
    '`write_to` of setuptools-scm is `apps/a/a/_version.py`, a path from the root of the repository, but builds only have the project',
  );
  expect(projectSources({ ...versioned, settings: { shared: ['LICENSE'] } }, 'wheel').sources).toHaveLength(1);
  expect(projectSources(versioned, 'hook').sources).toHaveLength(1);
});
