import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ElementErrors } from '@wheelhouse/element';
import { formatError, type BuildSession } from '@wheelhouse/element/internal';
import { readToolsLock } from '@wheelhouse/python/fetch';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import {
  EJECTABLE_TEMPLATES,
  ejectedFiles,
  ejectedPath,
  ejectedText,
  openPlan,
  ProjectPlan,
  PythonWorkspace,
  readEjected,
  type EjectableTemplate,
  type PlannedProject,
  type PythonEngine,
} from '@wheelhouse/python-stage/internal';
import { emptyLock, idleEngine } from '../testing/planned-workspace.js';

const PROJECTS = ['app', 'lib'];
const TEMPLATES = join(__dirname, '../../src/plan/templates');

let workspace: string;
let engine: PythonEngine;

function write(file: string, text: string): void {
  mkdirSync(dirname(join(workspace, file)), { recursive: true });
  writeFileSync(join(workspace, file), text);
}

beforeAll(() => {
  engine = idleEngine();
});

beforeEach(() => {
  workspace = temporaryDirectory();
  for (const name of PROJECTS) {
    write(
      `${name}/pyproject.toml`,
      `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "${name}"\nversion = "1"\nrequires-python = ">=3.8"\n`,
    );
    write(`${name}/locks/test.txt`, emptyLock('test', name));
    write(`${name}/locks/runtime.txt`, emptyLock('runtime', name));
    write(`${name}/locks/build/${name}.txt`, emptyLock('build', name));
  }
});

/** The elements that `app` is made of, with its tests on both wheels. */
async function opened(plan: (plan: ProjectPlan, own: PlannedProject) => string[] = () => []): Promise<BuildSession> {
  const open = await PythonWorkspace.open({
    directory: workspace,
    projects: PROJECTS.map((name) => ({ name, root: name, settings: { toolchain: 'host' } })),
    environment: process.env,
    memo: (name) => engine.store.memo(name),
  });
  const [own, local] = [await open.planned(open.project('app')), await open.planned(open.project('lib'))];
  const planned = new ProjectPlan(readToolsLock());
  const targets = [planned.wheel(own), planned.sdist(own), planned.test(own, [local]), ...plan(planned, own)];
  return await openPlan(open, engine, { plan: planned, targets, projects: [own, local] });
}

/** The keys of elements by what they are, environments together. */
async function keys(): Promise<Record<string, string>> {
  const session = await opened();
  const grouped = new Map<string, string[]>();
  for (const element of session.graph.elements) {
    const what = element.name.startsWith('env/') ? 'env' : element.name;
    grouped.set(what, [...(grouped.get(what) ?? []), session.keys.key(element)]);
  }
  return Object.fromEntries([...grouped].map(([what, found]) => [what, found.sort().join(' ')]));
}

async function failure(): Promise<string> {
  try {
    await opened();
  } catch (error) {
    return formatError(error as ElementErrors);
  }
  throw new Error('it was taken');
}

function eject(template: EjectableTemplate, more = '', project = 'app'): void {
  write(ejectedPath(project, template), readFileSync(join(TEMPLATES, `${template}.bst`), 'utf8') + more);
}

describe('keys', () => {
  test('copies of the templates change none, and neither do comments and descriptions', async () => {
    const before = await keys();
    for (const template of EJECTABLE_TEMPLATES) eject(template);
    expect(await keys()).toEqual(before);
    for (const template of EJECTABLE_TEMPLATES) write(ejectedPath('app', template), ejectedText(template));
    expect(await keys()).toEqual(before);
    write('app/.wheelhouse/env.bst', '# Ours.\nkind: python-env\ndescription: Ours\n');
    expect(await keys()).toEqual(before);
  });

  test.each<[EjectableTemplate, string[]]>([
    ['wheel', ['installed/app.bst', 'test/app.bst', 'wheel/app.bst']],
    ['sdist', ['sdist/app.bst']],
    ['test', ['test/app.bst']],
    ['installed', ['installed/app.bst', 'test/app.bst']],
    ['hook', []],
  ])('those of %s and of what is made of it change with the file', async (template, changed) => {
    const before = await keys();
    eject(template, 'environment:\n  OURS: yes\n');
    const after = await keys();
    expect(
      Object.keys(after)
        .filter((name) => after[name] !== before[name])
        .sort(),
    ).toEqual(changed);
    expect(Object.keys(after)).toEqual(Object.keys(before));
  });

  test("an environment of its own is the project's alone", async () => {
    const before = await keys();
    eject('env', 'variables:\n  install-options: --ours\n');
    const after = await keys();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed.sort()).toEqual(['env', 'installed/app.bst', 'sdist/app.bst', 'test/app.bst', 'wheel/app.bst']);
    // That of `lib`, which is built without it.
    expect(after.env?.split(' ')).toContain(before.env);
  });

  test("a local dependency's templates are its own", async () => {
    const before = await keys();
    eject('wheel', 'environment:\n  OURS: yes\n', 'lib');
    const after = await keys();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed.sort()).toEqual(['installed/app.bst', 'test/app.bst', 'wheel/lib.bst']);
  });
});

test('what a template says is composed with the plan and with the defaults of the kind', async () => {
  eject('wheel', 'environment:\n  OURS: "1"\n  TZ: Asia/Tokyo\nconfig:\n  install-commands:\n  - echo %{python}\n');
  const session = await opened((plan, own) => [plan.wheelAgain(own, { seed: 7, vary: ['timezone'] })]);
  const described = (name: string): ReturnType<BuildSession['graph']['describe']> =>
    session.graph.describe(session.element(name));
  const { config, environment, buildDeps } = described('wheel/app.bst');
  expect(config).toMatchObject({ frontend: 'hook', 'install-commands': ['echo /venv/bin/python'] });
  expect(environment).toMatchObject({ OURS: '1', TZ: 'Asia/Tokyo', PYTHONHASHSEED: '0' });
  expect(buildDeps).not.toEqual([]);
  // The variation is the requested one, whatever the template says.
  const again = described('again/app-7.bst');
  expect(again.environment).toMatchObject({ OURS: '1', TZ: 'Pacific/Auckland' });
  expect(again.config).toMatchObject({ 'install-commands': ['echo /venv/bin/python'], scratch: '/application' });
});

test("what the project's backend is asked is asked by its own template, in its own environment", async () => {
  const ask = (plan: ProjectPlan, own: PlannedProject): string[] => {
    const lock = own.locks.build.get('app');
    return lock === undefined ? [] : [plan.buildRequires(own, lock)];
  };
  eject('hook', 'environment:\n  OURS: "1"\n');
  eject('env', 'variables:\n  install-options: --ours\n');
  const { graph } = await opened(ask);
  const hook = graph.elements.find(({ name }) => name.startsWith('hook/'));
  if (hook === undefined) throw new Error('nothing is asked');
  expect(graph.describe(hook).environment).toMatchObject({ OURS: '1' });
  const environments = hook.dependencies.filter(({ element }) => element.name.startsWith('env/'));
  expect(environments.map(({ element }) => element.getVariable('install-options'))).toEqual(['--ours']);
});

describe('errors', () => {
  test.each<[string, EjectableTemplate, string, string]>([
    [
      'YAML that cannot be read',
      'wheel',
      'kind: wheel\nconfig: {\n',
      'app/.wheelhouse/wheel.bst [line 3 column 0]: Severely malformed YAML',
    ],
    [
      'a key that no element file has',
      'wheel',
      'kind: wheel\nenviroment:\n  A: b\n',
      'app/.wheelhouse/wheel.bst [line 3 column 2]: Unexpected key: enviroment\nhint: known keys are `kind`',
    ],
    [
      'a key that the kind does not have',
      'test',
      'kind: python-test\nconfig:\n  commands:\n  - true\n',
      'app/.wheelhouse/test.bst [line 4 column 2]: Unexpected key: commands\nhint: known keys are ',
    ],
    [
      'a variable that there is not',
      'env',
      'kind: python-env\nconfig:\n  install-commands:\n  - echo %{ours}\n',
      'app/.wheelhouse/env.bst [line 4 column 4]: Reference to undefined variable',
    ],
    [
      'another kind',
      'wheel',
      'kind: manual\n',
      'app/.wheelhouse/wheel.bst [line 1 column 6]: the kind is `manual`, but the template `wheel` has the kind `wheel`\nhint: its `config` defines what it runs',
    ],
    [
      'no kind',
      'wheel',
      'description: Ours\n',
      "app/.wheelhouse/wheel.bst [line 1 column 0]: Dictionary did not contain expected key 'kind'",
    ],
    [
      'a value in the place of a dictionary',
      'wheel',
      'kind: wheel\nconfig: pip\n',
      "app/.wheelhouse/wheel.bst [line 2 column 8]: Value of 'config' is not of the expected type 'dict'",
    ],
    [
      'what an option decides',
      'wheel',
      'kind: wheel\nconfig:\n  frontend: pip\n',
      "app/.wheelhouse/wheel.bst [line 3 column 12]: `config.frontend` is `pip`, but is generated as `hook`\nhint: remove it: it is derived from the project's metadata and locks, and from the options of the plugin and the target",
    ],
    [
      'what follows from locks and metadata',
      'sdist',
      'kind: sdist\nbuild-depends:\n- ours.bst\nsources:\n  (>):\n  - kind: local\n    path: ours\n',
      [
        'app/.wheelhouse/sdist.bst [line 3 column 0]: `build-depends` is generated, and cannot be set here',
        'app/.wheelhouse/sdist.bst [line 5 column 2]: `sources` is generated, and cannot be set here',
      ].join('|'),
    ],
  ])('%s: the file is named, with the place in it', async (_what, template, text, message) => {
    write(ejectedPath('app', template), text);
    const said = await failure();
    for (const part of message.split('|')) expect(said).toContain(part);
    expect(said).not.toContain('wheel/app.bst');
  });

  test('of all files are reported together, and once', async () => {
    write('app/.wheelhouse/weel.bst', 'kind: wheel\n');
    write('app/.wheelhouse/sdist.bst', 'kind: wheel\n');
    write('app/.wheelhouse/README.md', 'Ours.\n');
    expect(await failure()).toBe(
      [
        'app/.wheelhouse/sdist.bst [line 1 column 6]: the kind is `wheel`, but the template `sdist` has the kind `sdist`',
        'hint: its `config` defines what it runs',
        'app/.wheelhouse/weel.bst [line 1 column 0]: `weel` is not a template that projects can override',
        'hint: the templates are `wheel`, `sdist`, `test`, `installed`, `env`, `hook`',
      ].join('\n'),
    );
    rmSync(join(workspace, 'app/.wheelhouse/weel.bst'));
    write('app/.wheelhouse/sdist.bst', 'kind: sdist\nsources: []\n');
    write('app/.wheelhouse/env.bst', 'kind: python-env\nsources: []\nbuild-depends: []\n');
    expect((await failure()).match(/^app\/.*/gm)).toEqual([
      'app/.wheelhouse/env.bst [line 3 column 15]: `build-depends` is generated, and cannot be set here',
      'app/.wheelhouse/sdist.bst [line 2 column 9]: `sources` is generated, and cannot be set here',
    ]);
  });
});

test('other files are not templates, and a project without any has none', () => {
  expect(readEjected('app', workspace).size).toBe(0);
  write('app/.wheelhouse/README.md', 'Ours.\n');
  eject('wheel');
  expect(ejectedFiles('app', workspace)).toEqual(['app/.wheelhouse/wheel.bst']);
  expect([...readEjected('app', workspace).keys()]).toEqual(['wheel']);
  expect(ejectedPath('.', 'env')).toBe('.wheelhouse/env.bst');
});
