import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { createNodes } from '@wheelhouse/build';
import { TARGETS, type KnownTarget, type TargetOption } from '@wheelhouse/build/internal';
import { PRERELEASE_MODES, WHEEL_EXCLUDES } from '@wheelhouse/python/internal';
import { openWorkspace } from '../../src/workspace/open-workspace.js';
import { OPTION_FORMATS } from '../../src/workspace/option-formats.js';
import schema from '../../src/workspace/plugin-options.schema.json';
import { gitInit, pyproject, temporaryDirectories, writeFiles, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

const FILES: Files = {
  'a/pyproject.toml': pyproject('a'),
  'a/tests/test_a.py': '',
  'a/requirements/base.txt': 'six\n',
  'test.txt': 'pytest\n',
  'constraints.txt': 'six<2\n',
  'build-constraints.txt': 'setuptools<90\n',
};

/** A property of an executor's schema. */
interface Property {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly items?: Property;
  readonly oneOf?: readonly Property[];
}

function schemaOf(target: KnownTarget): Readonly<Record<string, Property>> {
  const file = join(__dirname, '..', '..', 'src', 'executors', target.name, 'schema.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly properties: Record<string, Property> }).properties;
}

function valueOf(property: Property | undefined): unknown {
  if (property?.enum !== undefined) return property.enum.at(-1);
  const [type] = [property?.type].flat();
  switch (type) {
    case 'boolean':
      return true;
    case 'integer':
      return 1234;
    case 'array':
      return [valueOf(property?.items)];
    case 'object':
      return { NAME: 'value' };
    case 'string':
      return 'text';
    default:
      throw new Error(`no value for ${JSON.stringify(property)}`);
  }
}

/** Every option of every target, at a value that is not its default. */
const targetValues = Object.fromEntries(
  Object.entries(TARGETS).map(([option, target]) => {
    const schema = schemaOf(target);
    const options = Object.fromEntries(target.options.map((name) => [name, valueOf(schema[name])]));
    return [option, { targetName: `my-${target.name}`, ...options }];
  }),
) as Record<TargetOption, { readonly targetName: string } & Record<string, unknown>>;

/** An example of every option that is not about a target. */
const examples: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(schema.properties).flatMap(([name, option]) =>
    'examples' in option ? [[name, option.examples[0]]] : [],
  ),
);

const { python, resolves, indexes, ...settings } = examples;

const OPTIONS = { ...targetValues, ...examples };

async function open(workspace: string): ReturnType<typeof openWorkspace> {
  return await openWorkspace({
    directory: workspace,
    environment: process.env,
    memo: (name) => join(workspace, '.nx', name),
  });
}

describe('the options of the plugin', () => {
  const nxJson = JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options: OPTIONS }] });

  it('all reach the projects of an opened workspace', async () => {
    const workspace = await open(directory({ ...FILES, 'nx.json': nxJson }));
    expect(workspace.project('a').ref).toEqual({
      name: 'a',
      root: 'a',
      python: '3.12',
      resolve: 'services',
      settings,
    });
    expect(workspace.indexes).toEqual([
      { name: 'acme', url: 'https://packages.example.org/simple/', packages: ['acme-*'] },
    ]);
  });

  it('that are about targets all reach the inferred targets', async () => {
    const workspaceRoot = directory({ ...FILES, 'nx.json': nxJson });
    const context = { nxJsonConfiguration: {}, workspaceRoot };
    const [[, result] = []] = await createNodes[1](['a/pyproject.toml'], OPTIONS, context);
    const targets: Record<string, TargetConfiguration> = result?.projects?.a?.targets ?? {};
    for (const { targetName, ...options } of Object.values(targetValues)) {
      expect([targetName, targets[targetName]?.options ?? {}]).toEqual([targetName, options]);
    }
  });

  it('reach what counts the commits of a version', async () => {
    const dynamic = pyproject('a')
      .replace('version = "1.0.0"', 'dynamic = ["version"]')
      .replace('["setuptools"]', '["setuptools", "setuptools-scm"]');
    const versionWith = async (options: object): Promise<string | undefined> => {
      const files = { 'a/pyproject.toml': `${dynamic}\n[tool.setuptools_scm]\nroot = ".."\n` };
      const workspace = directory({
        ...files,
        'nx.json': JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options }] }),
      });
      gitInit(workspace);
      const git = (...args: string[]): void => {
        const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
        execFileSync('git', [...identity, ...args], { cwd: workspace, stdio: 'ignore' });
      };
      git('add', '-A');
      git('commit', '-m', 'one');
      git('tag', 'v1.2');
      writeFiles(workspace, { 'elsewhere.txt': '' });
      git('add', '-A');
      git('commit', '-m', 'two');
      const opened = await open(workspace);
      return (await opened.versioned(opened.project('a'))).version;
    };
    expect(await versionWith({})).toMatch(/^1\.3\.dev1/);
    expect(await versionWith({ versionCommits: 'project' })).toBe('1.2');
  });
});

/** The keywords that the check of options has a meaning for, and those that are for readers and editors. */
const KEYWORDS: readonly string[] = [
  ...['type', 'enum', 'minLength', 'format', 'minItems', 'items', 'properties', 'required', 'additionalProperties'],
  ...['propertyNames', 'pattern', 'x-value', 'x-noun', 'x-hint', 'oneOf', 'anyOf', 'const', 'default', '$ref'],
  ...['description', 'x-default', 'examples'],
];

/** Every schema inside of one. */
function* schemasIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== 'object' || value === null) return;
  const { properties = {}, items, additionalProperties, propertyNames, ...more } = value as Record<string, unknown>;
  const { oneOf = [], anyOf = [] } = more;
  yield value as Record<string, unknown>;
  const inner = [...Object.values(properties as Record<string, unknown>), items, additionalProperties, propertyNames];
  for (const each of [...inner, ...(oneOf as unknown[]), ...(anyOf as unknown[])]) yield* schemasIn(each);
}

describe('the schema of the options', () => {
  const options = Object.values(schema.properties);

  it('has no keyword and no format that the check does not know', () => {
    const all = options.flatMap((option) => [...schemasIn(option)]);
    expect(all.flatMap(Object.keys).filter((keyword) => !KEYWORDS.includes(keyword))).toEqual([]);
    const formats = new Set(all.flatMap(({ format }) => (format === undefined ? [] : [format])));
    expect([...formats].sort()).toEqual(Object.keys(OPTION_FORMATS).sort());
  });

  it('has the words that are known where they are used', () => {
    expect(schema.properties.prereleases.enum).toEqual(PRERELEASE_MODES);
    expect(schema.properties.include.items.enum).toEqual(WHEEL_EXCLUDES);
  });
});
