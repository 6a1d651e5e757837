import { posix } from 'node:path';
import { ElementError, throwCollected } from '@wheelhouse/element';
import { isValidName, PRERELEASE_MODES, type PinnedIndex, type ProjectSettings } from '@wheelhouse/python';
import { parseIndexes } from './indexes.js';
import { parseNoBinary } from './no-binary-option.js';
import { parseResolves, type Resolves } from './resolves.js';
import { parseTargets, TARGET_OPTIONS, type TargetChoices } from './target-options.js';

/** What the plugin's entry in nx.json says, checked and with its defaults. */
export interface PluginOptions {
  readonly targets: TargetChoices;
  /** The interpreter asked for: a path, a command or a version. */
  readonly python?: string;
  readonly settings: ProjectSettings;
  /** Groups of projects that are resolved together. */
  readonly resolves?: Resolves;
  /** Indexes that names are pinned to. */
  readonly indexes?: readonly PinnedIndex[];
}

const GLOB_LISTS = ['exclude', 'include', 'testInclude'] as const;
const FILE_LISTS = ['requirements', 'testRequirements', 'constraints', 'buildConstraints'] as const;
const NAME_LISTS = ['extras', 'testExtras', 'testGroups'] as const;
const FRONTENDS = ['hook', 'pip'] as const;
const VERSION_COMMITS = ['all', 'project'] as const;
const KNOWN: readonly string[] = [
  ...TARGET_OPTIONS,
  ...['python', 'frontend', 'versionCommits', 'prereleases'],
  ...GLOB_LISTS,
  ...FILE_LISTS,
  ...NAME_LISTS,
  ...['noBinary', 'resolves', 'indexes'],
];

/**
 * Checks the options of a plugin's entry in nx.json.
 *
 * @param value as nx.json has it; `undefined` where it has none
 * @throws ElementError PLUGIN_OPTIONS, or ElementErrors with one for each option that is wrong
 */
export function parsePluginOptions(value: unknown): PluginOptions {
  const errors: ElementError[] = [];
  const fail = (message: string, hint: string): void => {
    errors.push(new ElementError({ code: 'PLUGIN_OPTIONS', message: `nx.json: @wheelhouse/build: ${message}`, hint }));
  };
  const options = value === undefined ? {} : value;
  if (!isObject(options)) {
    fail(`the options are \`${JSON.stringify(value)}\``, 'options are an object');
    throwCollected(errors);
    throw new Error('unreachable');
  }
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key)) fail(`there is no option \`${key}\``, `the options are ${list(KNOWN)}`);
  }
  const targets = parseTargets(options, fail);
  const python = options.python;
  if (python !== undefined && (typeof python !== 'string' || python === '')) {
    fail(
      `the option \`python\` is \`${JSON.stringify(python)}\``,
      'it is a path, a command or a version such as "3.12"',
    );
  }
  const { frontend } = options;
  if (frontend !== undefined && !FRONTENDS.some((known) => known === frontend)) {
    fail(`the option \`frontend\` is \`${JSON.stringify(frontend)}\``, `it is one of ${list(FRONTENDS)}`);
  }
  const versionCommits = VERSION_COMMITS.find((known) => known === options.versionCommits);
  if (options.versionCommits !== undefined && versionCommits === undefined) {
    const value = JSON.stringify(options.versionCommits);
    fail(`the option \`versionCommits\` is \`${value}\``, `it is one of ${list(VERSION_COMMITS)}`);
  }
  const globs = GLOB_LISTS.flatMap((key) => {
    const found = globList(key, options[key], fail);
    return found === undefined ? [] : [[key, found] as const];
  });
  const lists = [
    ...FILE_LISTS.map((key) => [key, textList(key, options[key], FILE, fail)] as const),
    ...NAME_LISTS.map((key) => [key, textList(key, options[key], NAME, fail)] as const),
  ].filter(([, found]) => found !== undefined);
  const prereleases = PRERELEASE_MODES.find((known) => known === options.prereleases);
  if (options.prereleases !== undefined && prereleases === undefined) {
    fail(
      `the option \`prereleases\` is \`${JSON.stringify(options.prereleases)}\``,
      `it is one of ${list(PRERELEASE_MODES)}`,
    );
  }
  const noBinary = parseNoBinary(options.noBinary, fail);
  const resolves = parseResolves(options.resolves, fail);
  const indexes = parseIndexes(options.indexes, fail);
  throwCollected(errors);
  return {
    targets,
    ...(resolves === undefined ? {} : { resolves }),
    ...(indexes === undefined ? {} : { indexes }),
    ...(typeof python === 'string' ? { python } : {}),
    settings: {
      ...(frontend === 'hook' || frontend === 'pip' ? { frontend } : {}),
      ...Object.fromEntries([...globs, ...lists]),
      ...(prereleases === undefined ? {} : { prereleases }),
      ...(noBinary === undefined ? {} : { noBinary }),
    },
  };
}

type Fail = (message: string, hint: string) => void;

function globList(key: string, value: unknown, fail: Fail): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    fail(`the option \`${key}\` is \`${JSON.stringify(value)}\``, 'it is a list of globs relative to the project');
    return undefined;
  }
  return value.filter((item: unknown, index): item is string => {
    if (typeof item !== 'string' || item === '') {
      fail(`the option \`${key}[${index}]\` is \`${JSON.stringify(item)}\``, 'it is a glob relative to the project');
      return false;
    }
    if (posix.isAbsolute(item) || posix.normalize(item).startsWith('..')) {
      fail(
        `the option \`${key}[${index}]\` leads out of the project: \`${item}\``,
        'globs are relative to the project',
      );
      return false;
    }
    return true;
  });
}

/** What the items of a list of texts are, and how each has to look. */
interface TextKind {
  readonly what: string;
  readonly matches: (text: string) => boolean;
}

const FILE: TextKind = {
  what: 'a file relative to the project, or `{workspaceRoot}/` and a file relative to the workspace',
  matches: (text) => text !== '' && !posix.isAbsolute(text),
};
const NAME: TextKind = { what: 'the name of an extra or of a dependency group', matches: isValidName };

function textList(key: string, value: unknown, { what, matches }: TextKind, fail: Fail): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    fail(`the option \`${key}\` is \`${JSON.stringify(value)}\``, `it is a list; each item is ${what}`);
    return undefined;
  }
  return value.filter((item: unknown, index): item is string => {
    if (typeof item === 'string' && matches(item)) return true;
    fail(`the option \`${key}[${index}]\` is \`${JSON.stringify(item)}\``, `it is ${what}`);
    return false;
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
