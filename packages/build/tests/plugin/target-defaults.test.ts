import type { CreateNodesContext, ProjectConfiguration } from '@nx/devkit';
import { createNodes } from '@wheelhouse/build';
import { withLongInputs } from '../support/long-inputs.js';
import { pyproject, temporaryDirectories, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

const FILES: Files = {
  'apps/a/pyproject.toml': pyproject('a', ['b']),
  'apps/a/tests/test_a.py': '',
  'libs/b/pyproject.toml': pyproject('b'),
};

/** The project `a` as it is inferred in a workspace with such an nx.json, and such a project.json of its own. */
async function inferred(
  nxJson: CreateNodesContext['nxJsonConfiguration'],
  { files = {}, options }: { readonly files?: Files; readonly options?: unknown } = {},
): Promise<ProjectConfiguration> {
  const workspaceRoot = directory({ ...FILES, ...files });
  const context = { nxJsonConfiguration: nxJson, workspaceRoot };
  const results = await createNodes[1](['apps/a/pyproject.toml', 'libs/b/pyproject.toml'], options, context);
  const project = results.map(([, { projects }]) => projects?.['apps/a']).find((each) => each !== undefined);
  if (project === undefined) throw new Error('nothing was inferred');
  return withLongInputs(project as ProjectConfiguration);
}

function problemOf(project: ProjectConfiguration, target: string): string | undefined {
  const found = project.targets?.[target];
  if (found?.executor !== '@wheelhouse/build:report-problem') return undefined;
  return (found.options as { readonly problem: string }).problem;
}

describe('the targets of a workspace with targetDefaults', () => {
  it.each<[string, object]>([
    ['by the name of a target', { test: { cache: true, inputs: ['default', '^production'] } }],
    ['by the name of its executor', { '@wheelhouse/build:test': { inputs: [{ input: 'default' }] } }],
    ['by a glob', { 't*': { inputs: ['default'] } }],
    [
      'by several entries, of which one is for others',
      { test: [{ filter: { plugin: '@nx/jest' } }, { inputs: ['default'] }] },
    ],
  ])('are known to Nx by all that they were before, given %s', async (_what, targetDefaults) => {
    const namedInputs = { default: ['{projectRoot}/**/*', 'shared'], shared: [] };
    const a = await inferred({ targetDefaults, namedInputs } as never);
    expect(problemOf(a, 'test')).toBeUndefined();
    expect(Object.keys(a.namedInputs ?? {})).toEqual(['default']);
    expect(a.namedInputs?.default).toEqual([
      '{projectRoot}/**/*',
      'shared',
      '{workspaceRoot}/apps/a/**/*',
      '{workspaceRoot}/apps/a/locks/**/*',
      '{workspaceRoot}/apps/a/.python-version',
      '{workspaceRoot}/apps/.python-version',
      '{workspaceRoot}/.python-version',
      '{workspaceRoot}/libs/b/**/*',
      '{workspaceRoot}/libs/b/.python-version',
      '{workspaceRoot}/libs/.python-version',
      { runtime: expect.stringMatching(/toolchain$/) as string },
      { externalDependencies: [] },
      { env: 'WHEELHOUSE_RUN' },
    ]);
  });

  it.each<[string, object]>([
    ['for other targets', { build: { inputs: ['default'] }, '@nx/jest:jest': { inputs: ['default'] } }],
    [
      'that keep what is inferred',
      { test: { inputs: ['...', '{workspaceRoot}/a'], outputs: ['...'], dependsOn: ['...'] } },
    ],
    ['that are for other plugins', { test: [{ filter: { plugin: '@nx/jest' }, inputs: [] }] }],
    ['with other options', { test: { options: { verbose: true }, configurations: {} } }],
  ])('are as they were, given some %s', async (_what, targetDefaults) => {
    const [before, after] = [await inferred({}), await inferred({ targetDefaults } as never)];
    const inputsOf = ({ targets }: ProjectConfiguration): unknown =>
      Object.entries(targets ?? {}).map(([name, { executor, cache, inputs, outputs, dependsOn }]) => [
        name,
        {
          executor,
          cache,
          inputs: inputs?.filter((input) => !(typeof input === 'object' && 'runtime' in input)),
          outputs,
          dependsOn,
        },
      ]);
    expect(inputsOf(after)).toEqual(inputsOf(before));
    expect(after.namedInputs).toBeUndefined();
  });

  it('hold the files of wheels where they do not wait for the tasks that make these', async () => {
    const a = await inferred({ targetDefaults: { test: { dependsOn: ['^build'] } } });
    expect(a.targets?.test?.inputs).toEqual(
      expect.arrayContaining(['{workspaceRoot}/apps/a/**/*', '{workspaceRoot}/libs/b/**/*']),
    );
    expect(a.namedInputs).toBeUndefined();
  });

  it.each<[string, string, object, string]>([
    [
      'inputs without a name',
      'test',
      { test: { inputs: ['^production', '{projectRoot}/**/*'] } },
      'nx.json: `targetDefaults.test` replaces the inputs of the target `test`: Nx would use cached results of another interpreter or of other sources\n' +
        'hint: put `"..."` first in its `inputs`, to keep those of the plugin',
    ],
    [
      'other outputs',
      'build-wheel',
      { '@wheelhouse/build:build-wheel': { outputs: ['{projectRoot}/dist'] } },
      'nx.json: `targetDefaults.@wheelhouse/build:build-wheel` replaces the outputs of the target `build-wheel`: Nx would not restore its cached outputs\n' +
        'hint: put `"..."` first in its `outputs`, to keep those of the plugin',
    ],
    [
      'a cache for what cannot be replayed',
      'publish',
      { 'p*': { cache: true } },
      'nx.json: `targetDefaults.p*` lets Nx cache the target `publish`, which a cache cannot replay\n' +
        "hint: remove `cache` for it, or rename the target with `targetName` in the plugin's option for it",
    ],
  ])('fail and say why, given %s', async (_what, target, targetDefaults, problem) => {
    expect(problemOf(await inferred({ targetDefaults } as never), target)).toBe(problem);
  });

  it('need none of that where Nx does not cache them', async () => {
    const a = await inferred({ targetDefaults: { test: { cache: false, inputs: [], outputs: [] } } });
    expect(problemOf(a, 'test')).toBeUndefined();
    expect(a.namedInputs).toBeUndefined();
  });

  it('are looked at in project.json and package.json, too', async () => {
    const own = (targets: object): Files => ({ 'apps/a/project.json': JSON.stringify({ name: 'a', targets }) });
    const named = await inferred({}, { files: own({ test: { inputs: ['default'] } }) });
    expect(named.namedInputs?.default).toContain('{workspaceRoot}/libs/b/**/*');
    expect(problemOf(await inferred({}, { files: own({ test: { inputs: [] } }) }), 'test')).toContain(
      'project.json: `targets.test` replaces the inputs of the target `test`',
    );
    const packageJson = {
      'apps/a/package.json': JSON.stringify({ name: 'a', nx: { targets: { test: { outputs: [] } } } }),
    };
    expect(problemOf(await inferred({}, { files: packageJson }), 'test')).toContain('replaces the outputs');
  });
});
