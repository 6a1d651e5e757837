import { join } from 'node:path';
import { assertComposited, composite } from '../composition/composite.js';
import { readDataFile } from '../documents/data-file.js';
import { processDirectives } from '../directives/process-directives.js';
import { ElementError } from '../../base/error.js';
import { ErrorCollector } from '../../base/error-collector.js';
import { MappingNode, ScalarNode } from '../node.js';
import { assertFormatVersion } from './format-version.js';
import { readPlugins, type ProjectPlugins } from './plugin-origin.js';
import { refuseUnsupportedKeys } from './project-keys.js';
import type { Documents, FileKind } from '../documents/documents.js';
import { projectPath } from '../documents/project-path.js';
import { assertSymbol } from '../composition/symbol.js';
import { refuseProtectedVariables } from '../composition/variables.js';

/** The name of a project's own file. */
export const PROJECT_CONF = 'project.conf';

/** What project.conf says, over the defaults of every project. */
export interface Project {
  readonly name: string;
  /** The full name of the junction by which it is reached; absent for the project that was opened. */
  readonly junction?: string;
  /** Absolute path of the directory that holds project.conf. */
  readonly directory: string;
  /** Where element files are: relative to `directory`, `.` for the directory itself. */
  readonly elementPath: string;
  readonly variables: MappingNode;
  readonly environment: MappingNode;
  readonly environmentNocache: readonly string[];
  readonly splitRules: MappingNode;
  readonly sandbox: MappingNode;
  /** Kind to what is laid over the kind's defaults. */
  readonly elementOverrides: ReadonlyMap<string, MappingNode>;
  /** Kind to what is laid under each source's configuration. */
  readonly sourceOverrides: ReadonlyMap<string, MappingNode>;
  readonly plugins: ProjectPlugins;
  /** The elements that are meant when none is named; empty if all are. */
  readonly defaultTargets: readonly ScalarNode[];
  /** The warnings that fail a build: `all`, or their names. */
  readonly fatalWarnings: 'all' | readonly string[];
}

/** A project and what it is loaded from. */
export interface LoadedProject {
  readonly project: Project;
  readonly documents: Documents;
}

/** Where a project is read from, and what the loader sets. */
export interface ProjectOptions {
  readonly documents: Documents;
  /** Absolute path of the project's directory. */
  readonly directory: string;
  /** The value of `%{max-jobs}`. */
  readonly maxJobs: number;
}

const ELEMENT_OVERRIDE_KEYS = ['variables', 'environment', 'environment-nocache', 'config', 'public', 'sandbox'];

/**
 * Reads project.conf.
 *
 * @throws ElementError MISSING_PROJECT_CONF if there is none
 * @throws ElementErrors everything that is wrong with it
 */
export async function loadProject(options: ProjectOptions): Promise<Project> {
  const { documents, directory } = options;
  const document = await documents.read(PROJECT_CONF);
  if (document === undefined) {
    throw new ElementError({
      code: 'MISSING_PROJECT_CONF',
      message: `No ${PROJECT_CONF} in \`${directory}\``,
      hint: 'a project is a directory with a `project.conf` that has `name` and `min-version`',
    });
  }
  const errors = new ErrorCollector();
  // A file for another version of the format is not looked at any further.
  assertFormatVersion(document);
  const node = await processDirectives(document, { documents, errors });
  refuseUnsupportedKeys(node, errors);
  // A file with directives that are not acted upon has keys that are not its own.
  errors.throwIfAny();
  const elementPath = (await errors.attemptAsync(() => readElementPath(node, options))) ?? '.';
  const project = readProject(node, { ...options, elementPath }, errors);
  errors.throwIfAny();
  return Object.freeze(project);
}

function readProject(
  node: MappingNode,
  { documents, directory, maxJobs, elementPath }: ProjectOptions & Pick<Project, 'elementPath'>,
  errors: ErrorCollector,
): Project {
  const defaults = projectDefaults();
  const layered = (key: string): MappingNode =>
    errors.attempt(() => {
      const below = defaults.mapping(key) ?? MappingNode.empty(defaults.origin);
      const layer = node.mapping(key);
      if (layer === undefined) return below;
      const composed = composite(below, layer);
      assertComposited(composed);
      return composed;
    }) ?? MappingNode.empty(node.origin);

  const name = errors.attempt(() => readName(node)) ?? '';
  errors.attempt(() => {
    const variables = node.mapping('variables');
    if (variables === undefined) return;
    refuseProtectedVariables(variables);
    for (const [variable, value] of variables.entries) assertSymbol(variable, 'variable name', value.origin);
  });
  return {
    name,
    ...(documents.junction === undefined ? {} : { junction: documents.junction }),
    directory,
    elementPath,
    variables: withLoaderVariables(layered('variables'), { 'project-name': name, 'max-jobs': String(maxJobs) }),
    environment: layered('environment'),
    environmentNocache: Object.freeze(
      errors.attempt(() => (node.sequence('environment-nocache')?.scalars() ?? []).map((item) => item.asString())) ??
        [],
    ),
    splitRules: layered('split-rules'),
    sandbox: layered('sandbox'),
    elementOverrides: errors.attempt(() => readOverrides(node, 'elements', ELEMENT_OVERRIDE_KEYS)) ?? new Map(),
    sourceOverrides: errors.attempt(() => readOverrides(node, 'sources', ['config'])) ?? new Map(),
    plugins: Object.freeze(readPlugins(node, directory, errors)),
    defaultTargets: Object.freeze(errors.attempt(() => readDefaultTargets(node)) ?? []),
    fatalWarnings: errors.attempt(() => readFatalWarnings(node)) ?? [],
  };
}

/** `variables` with those that the loader itself sets. */
export function withLoaderVariables(variables: MappingNode, values: Readonly<Record<string, string>>): MappingNode {
  const entries = new Map(variables.entries);
  for (const [name, value] of Object.entries(values)) entries.set(name, new ScalarNode(value, variables.origin));
  return new MappingNode(entries, variables.origin);
}

function projectDefaults(): MappingNode {
  return readDataFile(join(__dirname, 'project-defaults.yaml')).node;
}

function readName(node: MappingNode): string {
  const name = node.required('name', node.scalar('name'));
  assertSymbol(name.asString(), 'project name', name.origin);
  return name.asString();
}

async function readElementPath(node: MappingNode, { documents, directory }: ProjectOptions): Promise<string> {
  const path = node.scalar('element-path');
  if (path === undefined) return '.';
  const text = path.asString();
  const outside = text.startsWith('/') || text.split('/').includes('..') || text.includes('\0');
  // Elements may come from memory alone, and then their directory does too.
  if (!outside && (await kindAt(documents, path)) === 'directory') return text;
  return projectPath(directory, path, 'directory');
}

async function kindAt(documents: Documents, path: ScalarNode): Promise<FileKind | undefined> {
  try {
    return await documents.kind(path.asString());
  } catch (error) {
    throw error instanceof ElementError ? error.at(path.origin) : error;
  }
}

function readOverrides(node: MappingNode, key: string, keys: readonly string[]): ReadonlyMap<string, MappingNode> {
  const overrides = new Map<string, MappingNode>();
  const kinds = node.mapping(key);
  for (const kind of kinds?.keys() ?? []) {
    const override = kinds?.mapping(kind);
    if (override === undefined) continue;
    override.validateKeys(keys);
    const variables = override.mapping('variables');
    if (variables !== undefined) refuseProtectedVariables(variables);
    overrides.set(kind, override);
  }
  return overrides;
}

function readDefaultTargets(node: MappingNode): ScalarNode[] {
  const defaults = node.mapping('defaults');
  defaults?.validateKeys(['targets']);
  return defaults?.sequence('targets')?.scalars() ?? [];
}

function readFatalWarnings(node: MappingNode): 'all' | readonly string[] {
  const value = node.get('fatal-warnings');
  if (value === undefined) return [];
  if (value.type === 'scalar') return value.asBoolean('fatal-warnings') ? 'all' : [];
  return Object.freeze((node.sequence('fatal-warnings')?.scalars() ?? []).map((item) => item.asString()));
}
