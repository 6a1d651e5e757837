import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import {
  baseOf,
  METADATA_FILES,
  sourceSetMatcher,
  TEST_EXCLUDES,
  TEST_INCLUDES,
  WHEEL_EXCLUDES,
  type NamedFile,
  type ProjectSettings,
  type TestPlaces,
} from '@wheelhouse/python/internal';
import { EJECTABLE_TEMPLATES, ejectedPath, type EjectableTemplate } from '@wheelhouse/python-stage/internal';
import type { LockInputs } from './lock-inputs.js';
import { RUN_VARIABLE } from './pre-tasks-execution.js';

/** The `inputs` of a target. */
export type Inputs = NonNullable<TargetConfiguration['inputs']>;

/** What the inputs of a project's targets are derived from. */
export interface InputFacts {
  /** Relative to the workspace; `.` for the workspace itself. */
  readonly root: string;
  readonly settings: ProjectSettings;
  /** The command whose output stands for the toolchain. */
  readonly toolchainCommand: string;
  /** What the locks answer beside metadata. */
  readonly asked: LockInputs;
  /** Files that the metadata names. */
  readonly named: readonly NamedFile[];
  /** Where the project has tests beside its directories of tests. */
  readonly tests: TestPlaces;
  /** Names of external nodes: the distributions in the project's locks. */
  readonly external: readonly string[];
}

/** A project whose wheel is made in the task of another. */
export type MadeProject = Pick<InputFacts, 'root' | 'settings' | 'toolchainCommand'>;

/** The wheels of the tasks that a task depends on, directly or indirectly. */
const WHEELS_OF_DEPENDENCIES = { dependentTasksOutputFiles: '**/*.whl', transitive: true } as const;

/**
 * The inputs of the target `snapshot`: everything that can change which files are fetched, and what locks are checked
 * against. Globs are relative to the workspace, because to Nx the files of a project that is inside another one are not
 * the outer one's, while to the outer one's elements they are.
 */
export function snapshotInputs(facts: InputFacts): Inputs {
  return [
    ...METADATA_FILES.flatMap((name) => [fileset(facts, name), `^{projectRoot}/${name}`]),
    // The crates that a project is built with are files of its snapshot, too.
    fileset(facts, '**/Cargo.lock'),
    ...common(facts),
  ];
}

/**
 * The inputs of the target `build-wheel`: the wheel's source set (docs/adr/0017), and what wheels are built with.
 *
 * @param made the projects whose wheels are made with it and that no task makes before
 */
export function wheelInputs(facts: InputFacts, made: readonly MadeProject[] = []): Inputs {
  const included = new Set(facts.settings.include ?? []);
  // Locks and templates are not sources, but they are inputs: excluded files remain excluded even if another pattern
  // matches.
  const isInput = inputMatcher(facts);
  // A pattern that removes holds for the whole list.
  const isMade = (glob: string): boolean =>
    made.some(({ root }) => matcherOf(glob)(posix.relative(facts.root, `${root}/x`)));
  const excludes = [...WHEEL_EXCLUDES, ...(facts.settings.exclude ?? [])].filter(
    (glob) => !included.has(glob) && glob !== LOCKS && glob !== VERSION_FILE && !isInput(glob) && !isMade(glob),
  );
  const others = EJECTABLE_TEMPLATES.filter((template) => !WHEEL_TEMPLATES.includes(template));
  return [
    fileset(facts, '**/*'),
    ...excludes.map((glob) => `!${fileset(facts, glob)}`),
    ...templates(facts, others).map((file) => `!${file}`),
    ...sharedFiles(facts),
    ...common(facts),
    ...madeOf(made),
    WHEELS_OF_DEPENDENCIES,
    ...generatedFiles(facts),
  ];
}

/**
 * The inputs of the target `test`: the test's source set, and the wheels under test. If no target makes the wheels,
 * all that they are made of stands for them.
 */
export function testInputs(facts: InputFacts, wheelsAreTasks: boolean, made: readonly MadeProject[] = []): Inputs {
  const run = { env: RUN_VARIABLE };
  if (!wheelsAreTasks) return [...wholeProjects(facts), run];
  return [
    ...[...TEST_INCLUDES, ...(facts.settings.testInclude ?? []), ...facts.tests.include].map((glob) =>
      fileset(facts, glob),
    ),
    ...TEST_EXCLUDES.map((glob) => `!${fileset(facts, glob)}`),
    ...templates(facts, TEST_TEMPLATES),
    ...sharedFiles(facts),
    ...madeOf(made),
    ...common(facts),
    run,
    WHEELS_OF_DEPENDENCIES,
  ];
}

/** The inputs of the target `release-image`: all that `build-wheel` writes. The base is an option of the target. */
export function imageInputs(facts: InputFacts, wheelsAreTasks: boolean): Inputs {
  if (!wheelsAreTasks) return wholeProjects(facts);
  return [...common(facts), { dependentTasksOutputFiles: '**/*', transitive: false }];
}

/** All that the wheels of other projects are made of. */
function madeOf(made: readonly MadeProject[]): Inputs {
  return made.flatMap(({ root, settings, toolchainCommand }) => [
    fileset({ root }, '**/*'),
    ...versionFiles(root),
    ...sharedFiles({ settings }),
    ...generatedFiles({ root, settings }),
    { runtime: toolchainCommand },
  ]);
}

/** All that wheels are made of, if no target makes them. */
function wholeProjects(facts: InputFacts): Inputs {
  return [
    fileset(facts, '**/*'),
    '^{projectRoot}/**/*',
    ...sharedFiles(facts),
    ...common(facts),
    ...generatedFiles(facts),
  ];
}

/**
 * All that can change what any target of a project makes, where the tasks that make wheels are no help.
 *
 * @param comesWith the projects of the workspace that building and testing it takes
 */
export function allInputs(facts: InputFacts, comesWith: readonly MadeProject[]): Inputs {
  return [
    fileset(facts, '**/*'),
    ...sharedFiles(facts),
    ...common(facts),
    ...generatedFiles(facts),
    ...madeOf(comesWith),
    { env: RUN_VARIABLE },
  ];
}

/** Files of the workspace that are staged with the project (docs/adr/0070). */
function sharedFiles({ settings }: Pick<InputFacts, 'settings'>): Inputs {
  return (settings.shared ?? []).flatMap((path) => filesAt('.', path)).map((path) => `{workspaceRoot}/${path}`);
}

/** What tasks make in the project: outputs of tasks that the target depends on (docs/adr/0071). */
function generatedFiles({ root, settings }: Pick<InputFacts, 'root' | 'settings'>): Inputs {
  return (settings.generated ?? [])
    .flatMap(({ files }) => files.flatMap((path) => filesAt(root, path)))
    .map((dependentTasksOutputFiles) => ({ dependentTasksOutputFiles, transitive: false }));
}

/** The globs of what is at a path, which may be a file, a directory or a glob of either. */
function filesAt(directory: string, path: string): string[] {
  const located = posix.join(directory, path).replace(/\/+$/, '');
  return located.endsWith('/**') || located.endsWith('/**/*') ? [located] : [located, `${located}/**`];
}

const LOCKS = 'locks/**';
const VERSION_FILE = '.python-version';

/** What a project's own templates decide (docs/adr/0047): its distributions, its tests, and the environments of both. */
const WHEEL_TEMPLATES: readonly EjectableTemplate[] = ['wheel', 'sdist', 'env'];
const TEST_TEMPLATES: readonly EjectableTemplate[] = ['test', 'installed', 'env'];

function templates({ root }: InputFacts, which: readonly EjectableTemplate[]): string[] {
  return which.map((template) => `{workspaceRoot}/${ejectedPath(root, template)}`);
}

function common(facts: InputFacts): Inputs {
  return [
    fileset(facts, 'locks/**/*'),
    ...versionFiles(facts.root),
    ...facts.asked.files.map((file) => `{workspaceRoot}/${file}`),
    // Those of all projects that come with it: each is one that it depends on in Nx's graph, directly or indirectly.
    ...(facts.asked.upstream ? ['^{projectRoot}/pyproject.toml'] : []),
    ...facts.asked.variables.map((env) => ({ env })),
    { runtime: facts.toolchainCommand },
    { externalDependencies: [...facts.external] },
  ];
}

/** The files that may say which interpreter a project wants: its own, and those of the directories above it. */
function versionFiles(root: string): string[] {
  const files: string[] = [];
  for (let at = root; ; at = posix.dirname(at)) {
    files.push(`{workspaceRoot}/${posix.join(at, VERSION_FILE)}`);
    if (at === '.') return files;
  }
}

/** The globs are few, and the same for all projects. */
const matchers = new Map<string, (path: string) => boolean>();

function matcherOf(glob: string): (path: string) => boolean {
  const known = matchers.get(glob) ?? sourceSetMatcher({ include: [glob], exclude: [] });
  matchers.set(glob, known);
  return known;
}

/**
 * Whether a glob of what is no source holds a file that locks answer, that metadata names, or a template of the wheel's,
 * which makes it an input all the same.
 */
function inputMatcher({ root, asked, named }: InputFacts): (glob: string) => boolean {
  const own = [
    ...asked.files.map((file) => posix.relative(root, file)).filter((file) => !file.startsWith('../')),
    ...WHEEL_TEMPLATES.map((template) => ejectedPath('.', template)),
    // What a pattern matches is at or below its base.
    ...named.flatMap(({ path, glob }) => (glob === true ? [baseOf(path), posix.join(baseOf(path), 'file')] : [path])),
  ];
  const isAll = named.some(({ path, glob }) => glob === true && baseOf(path) === '.' && path.includes('**'));
  return (glob) => isAll || own.some(matcherOf(glob));
}

function fileset({ root }: Pick<InputFacts, 'root'>, glob: string): string {
  return `{workspaceRoot}/${posix.join(root, glob)}`;
}
