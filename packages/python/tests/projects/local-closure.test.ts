import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  findPython,
  formatRequirement,
  localClosure,
  localDependencies,
  localTestDependencies,
  platformMarkers,
  projectRequirements,
  readProjects,
  type ClosureOptions,
  type ProjectMetadata,
  localNames,
  type LocalNames,
} from '@wheelhouse/python/internal';
import type { Lock, LockEntry } from '@wheelhouse/python/lockfile';
import { temporaryDirectory } from '@wheelhouse/python/testing';

/** Projects by their roots, with what their build requires where it is not flit; other files by their names. */
async function workspaceOf(
  files: Readonly<Record<string, string>>,
  builtWith: Readonly<Record<string, string>> = {},
): Promise<ProjectMetadata[]> {
  const workspace = temporaryDirectory();
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  };
  const roots = Object.keys(files).filter((name) => !name.endsWith('.txt'));
  for (const [name, text] of Object.entries(files)) {
    const requires = JSON.stringify([builtWith[name] ?? 'flit_core']);
    if (!roots.includes(name)) write(name, text);
    else
      write(
        `${name}/pyproject.toml`,
        `[build-system]\nrequires = ${requires}\n[project]\nname = "${name}"\nversion = "1.5"\n${text}`,
      );
  }
  return await readProjects(roots, { workspace, python: () => findPython(process.env) });
}

function names(list: readonly ProjectMetadata[]): string[] {
  return list.map(({ name }) => name);
}

function uses(all: readonly ProjectMetadata[], options?: ClosureOptions): string[] {
  return localClosure(all[0]!, all, options).map((each) => `${each.root}: ${each.uses.join(' ')}`);
}

const DECLARATIONS: readonly [string, string][] = [
  ['an extra', '[project.optional-dependencies]\ntest = ["kit"]\n'],
  ['a dependency group', '[dependency-groups]\ntest = ["kit"]\n'],
  ['an included group', '[dependency-groups]\ntest = [{ include-group = "kits" }]\nkits = ["kit"]\n'],
  ['an extra that refers to another', '[project.optional-dependencies]\ntest = ["app[kits]"]\nkits = ["kit"]\n'],
  ['a path in a group', '[dependency-groups]\ntest = ["kit @ file:../kit"]\n'],
];

test.each(DECLARATIONS)('a project that %s of tests names is needed by the tests alone', async (_how, declaration) => {
  const all = await workspaceOf({
    app: `dependencies = ["core"]\n${declaration}`,
    core: '',
    kit: 'dependencies = ["core", "below"]\n',
    below: '',
  });
  expect(uses(all)).toEqual(['core: runtime', 'below: test', 'kit: test']);
});

test.each(['-e ../kit', '../kit', 'kit', 'kit @ file:../kit', '-e ../kit[x]'])(
  'a line `%s` of a requirements file of tests is a project that the tests need',
  async (line) => {
    const all = await workspaceOf({
      app: '',
      kit: '[project.optional-dependencies]\nx = ["below"]\n',
      below: '',
      'app/requirements-test.txt': `-r more.txt\n`,
      'app/more.txt': `${line}\n`,
    });
    expect(uses(all)).toEqual(line.endsWith('[x]') ? ['below: test', 'kit: test'] : ['kit: test']);
    expect(projectRequirements(all[0]!, all).test).toEqual([]);
  },
);

test('a kit may require the project that it is for, and with an extra what that requires', async () => {
  const all = await workspaceOf({
    core: '[project.optional-dependencies]\nfast = ["uvloop"]\ntest = ["kit"]\n',
    kit: 'dependencies = ["core[fast]", "iniconfig"]\n',
  });
  expect(uses(all)).toEqual(['kit: test']);
  expect(localClosure(all[1]!, all).map(({ root }) => root)).toEqual(['core']);
  const required = projectRequirements(all[0]!, all);
  expect(required.runtime).toEqual([]);
  expect(required.test.map(formatRequirement)).toEqual(['uvloop', 'iniconfig']);
});

test('projects that require one another under markers come to an end, and to each once', async () => {
  const all = await workspaceOf({
    a: 'dependencies = ["b ; os_name == \'posix\'"]\n',
    b: 'dependencies = ["c ; python_version > \'3\'", "six"]\n',
    c: 'dependencies = ["a ; platform_machine != \'vax\'", "b", "idna"]\n',
  });
  expect(names(localDependencies(all[0]!, all))).toEqual(['c', 'b']);
  expect(projectRequirements(all[0]!, all).runtime.map(formatRequirement)).toEqual([
    'idna ; python_version > "3" and os_name == "posix"',
    'six ; os_name == "posix"',
  ]);
});

test('a requirement counts where its marker can hold, and that of an extra with it', async () => {
  const all = await workspaceOf({
    app: 'dependencies = ["win ; sys_platform == \'win32\'", "old ; python_version < \'3\'", "lib", "lib[x]"]\n[dependency-groups]\ntest = ["win", "mac ; platform_system == \'Darwin\'"]\n',
    win: '',
    old: '',
    lib: '[project.optional-dependencies]\nx = ["extra"]\nall = ["lib[x]", "unasked"]\n',
    extra: '',
    unasked: '',
    mac: '',
  });
  expect(uses(all)).toEqual(['win: runtime', 'old: runtime', 'lib: runtime', 'extra: runtime', 'mac: test']);
  expect(uses(all, { environment: platformMarkers('linux') })).toEqual([
    'old: runtime',
    'lib: runtime',
    'extra: runtime',
    'win: test',
  ]);
  expect(uses(all, { environment: { ...platformMarkers('darwin'), python_version: '3.11' } })).toEqual([
    'lib: runtime',
    'extra: runtime',
    'win: test',
    'mac: test',
  ]);
});

test('what wheels are built with is needed, for every member of the closure', async () => {
  const all = await workspaceOf(
    { app: 'dependencies = ["lib"]\n', plugin: 'dependencies = ["helper"]\n', helper: '', tool: '', lib: '' },
    { app: 'plugin>=1', helper: 'tool' },
  );
  expect(uses(all)).toEqual(['tool: build', 'helper: build', 'plugin: build', 'lib: runtime']);
});

test('the files that metadata is read from come with a project', async () => {
  const all = await workspaceOf({
    app: 'dependencies = ["lib"]\n',
    lib: 'dynamic = []\n',
    'lib/requirements-test.txt': '-r ../shared.txt\n',
    'shared.txt': 'pytest\n',
  });
  expect(localClosure(all[0]!, all).map(({ root, files }) => [root, files])).toEqual([
    ['lib', ['lib/requirements-test.txt', 'shared.txt']],
  ]);
  expect(localTestDependencies(all[0]!, all)).toEqual([]);
});

describe('names of a lock', () => {
  const entry = (name: string): LockEntry => ({
    normalizedName: name,
    version: '3.7',
    hashes: [],
    origin: { file: 'app/locks/test.txt', line: 1, column: 0 },
  });
  const names = (all: readonly ProjectMetadata[], ...locked: readonly string[]): LocalNames => {
    const lock = { entries: locked.map(entry) } as unknown as Lock;
    return localNames(all[0]!, { test: lock, runtime: lock, build: new Map() }, { workspace: all, settings: {} });
  };
  const failure = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return formatError(error as ElementError);
    }
    throw new Error('it was taken');
  };

  test('are those of projects that answer requirements, or those of distributions of an index', async () => {
    const all = await workspaceOf({ app: 'dependencies = ["lib", "requests"]\n', lib: '', idna: '' });
    const { answering, shared } = names(all, 'requests', 'idna');
    expect(answering.map(({ root }) => root)).toEqual(['lib']);
    expect(shared.map(({ entry: { version }, project: { root } }) => [version, root])).toEqual([['3.7', 'idna']]);
  });

  test('cannot be those of both', async () => {
    const all = await workspaceOf({
      app: 'dependencies = ["requests"]\n[dependency-groups]\ntest = ["idna"]\n',
      idna: '',
    });
    expect(failure(() => names(all, 'requests', 'idna'))).toBe(
      'idna/pyproject.toml [line 4 column 0]: a distribution that `app` or its tests require needs `idna` from an index (3.7), and it requires the project `idna` of that name: only one of the two can be installed\nhint: give the project a name that differs from every distribution installed with it',
    );
    const own = await workspaceOf({ flask: 'dependencies = ["flask-login"]\n' });
    expect(failure(() => names(own, 'flask-login', 'flask'))).toBe(
      'flask/pyproject.toml [line 4 column 0]: a distribution that `flask` or its tests require needs `flask` from an index (3.7), and it is itself the project `flask` of that name: only one of the two can be installed\nhint: give the project a name that differs from every distribution installed with it',
    );
  });

  test('are refused where a project requires its own', async () => {
    const all = await workspaceOf({ flask: 'dependencies = ["Flask>=1"]\n' });
    expect(failure(() => projectRequirements(all[0]!, all))).toBe(
      'flask/pyproject.toml [line 6 column 16]: `flask` requires `flask>=1`, which is its own name\nhint: if you mean a distribution from an index, rename the project',
    );
    const extras = await workspaceOf({
      app: '[project.optional-dependencies]\ntest = ["app[kit]"]\nkit = ["pytest"]\n',
    });
    expect(projectRequirements(extras[0]!, extras).test.map(formatRequirement)).toEqual(['pytest']);
  });
});
