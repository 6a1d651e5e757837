import { PRERELEASE_MODES, WHEEL_EXCLUDES, type ProjectSettings } from '@wheelhouse/python';
import type { PinnedIndex } from '@wheelhouse/python/fetch';
import { GENERATED } from './generated-option.js';
import { INDEXES } from './indexes-option.js';
import {
  choice,
  DISTRIBUTIONS,
  FILES,
  globs,
  INTERPRETER,
  NAMES,
  WORKSPACE_FILES,
  type OptionKind,
} from './option-kinds.js';
import { RESOLVES, type Resolves } from './resolves-option.js';

/** An option of the plugin in nx.json. Its check, its type and its lines in the reference page all come from here. */
export interface PluginOption<T> {
  readonly kind: OptionKind<T>;
  /** What it does: sentences of the reference page. */
  readonly meaning: string;
  /** What holds without it. */
  readonly usual: string;
  /** A value that differs from what holds without it. */
  readonly example: unknown;
}

type OptionsOf<T> = { readonly [K in keyof T]-?: PluginOption<NonNullable<T[K]>> };

/** The options that are settings of each project: one for every setting there is, under its name. */
export const SETTING_OPTIONS: OptionsOf<ProjectSettings> = {
  frontend: {
    kind: choice(['hook', 'pip']),
    meaning: 'How to call the build backend: `hook` calls it directly, `pip` with `pip wheel`.',
    usual: '`hook`',
    example: 'pip',
  },
  exclude: {
    kind: globs(),
    meaning: 'More files that are not sources of the wheel. Excluded files do not exist when the wheel is built.',
    usual: 'only the default excludes',
    example: ['notes/**'],
  },
  include: {
    kind: globs(WHEEL_EXCLUDES),
    meaning: 'Default excludes whose files are sources of the wheel nevertheless.',
    usual: 'none',
    example: ['tests/**'],
  },
  shared: {
    kind: WORKSPACE_FILES,
    meaning:
      'Files outside the project that are staged with it where its backend expects them, such as a shared licence.',
    usual: 'none',
    example: ['LICENSE'],
  },
  generated: {
    kind: GENERATED,
    meaning: 'Files that git ignores and another task generates, which are sources of the wheel; the task runs first.',
    usual: 'none',
    example: [{ files: ['a/static/**'], by: 'web:build' }],
  },
  testInclude: {
    kind: globs(),
    meaning: 'More files of the tests, in addition to those that are found and the configuration of runners.',
    usual: 'none',
    example: ['checks/**'],
  },
  requirements: {
    kind: FILES,
    meaning: 'pip requirements files with the requirements of the project, in addition to its metadata.',
    usual: '`requirements.txt` where metadata declares no dependencies',
    example: ['requirements/base.txt'],
  },
  testRequirements: {
    kind: FILES,
    meaning: 'pip requirements files with the requirements of its tests.',
    usual: 'the first usual name that exists, such as `requirements-test.txt`',
    example: ['{workspaceRoot}/test.txt'],
  },
  constraints: {
    kind: FILES,
    meaning: 'Constraints files, which limit the versions of everything locked.',
    usual: 'none',
    example: ['{workspaceRoot}/constraints.txt'],
  },
  buildConstraints: {
    kind: FILES,
    meaning: 'The same for build requirements.',
    usual: 'none',
    example: ['{workspaceRoot}/build-constraints.txt'],
  },
  prereleases: {
    kind: choice(PRERELEASE_MODES),
    meaning: "Which pre-releases are allowed: uv's modes.",
    usual: '`if-necessary-or-explicit`',
    example: 'allow',
  },
  extras: {
    kind: NAMES,
    meaning: 'Extras of the project that are locked and shipped with it. Projects without one ignore it.',
    usual: 'none',
    example: ['postgres'],
  },
  testExtras: {
    kind: NAMES,
    meaning: 'Extras that the tests require. Projects without one ignore it.',
    usual: '`test`, `tests`, `testing`; `dev` for a project that has no extra, group or file of tests',
    example: ['qa'],
  },
  testGroups: {
    kind: NAMES,
    meaning: 'Dependency groups that the tests require (PEP 735). Projects without one ignore it.',
    usual: '`test`, `tests`, `testing`; `dev` for a project that has no extra, group or file of tests',
    example: ['checks'],
  },
  noBinary: {
    kind: DISTRIBUTIONS,
    meaning: 'Distributions that are built from their sdists even if there are wheels.',
    usual: 'none',
    example: ['markupsafe'],
  },
  versionCommits: {
    kind: choice(['all', 'project']),
    meaning: 'Which commits are counted for a version from git: all, or those that touch the project.',
    usual: '`all`',
    example: 'project',
  },
};

/** Options of an entry that are no settings of a project. */
export interface EntryOptions {
  /** The interpreter asked for: a path, a command or a version. */
  readonly python?: string;
  /** Groups of projects that are resolved together. */
  readonly resolves?: Resolves;
  /** Indexes that names are pinned to. */
  readonly indexes?: readonly PinnedIndex[];
}

/** The other options, but for those about targets. */
export const ENTRY_OPTIONS: OptionsOf<EntryOptions> = {
  python: {
    kind: INTERPRETER,
    meaning: 'The interpreter that projects are built with and tested on.',
    usual: 'that of the nearest `.python-version`, or else the first on `PATH` that satisfies `requires-python`',
    example: '3.12',
  },
  resolves: {
    kind: RESOLVES,
    meaning: 'Projects that share one resolution, by the name of the resolve.',
    usual: 'each project is resolved by itself',
    example: { services: ['**'] },
  },
  indexes: {
    kind: INDEXES,
    meaning: 'Indexes that distributions are pinned to, by the name of the index.',
    usual: "pip's and uv's configuration",
    example: { acme: { url: 'https://packages.example.org/simple/', packages: ['acme-*'] } },
  },
};
