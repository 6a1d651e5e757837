/**
 * Which requirements files are a project's, as its options say. Files are named relative to the project; a name that
 * begins with `{workspaceRoot}/` is relative to the workspace.
 */
export interface RequirementsSettings {
  /** What the project requires when it runs; those that are there by a usual name if absent. */
  readonly requirements?: readonly string[];
  /** What its tests require beside that; likewise. */
  readonly testRequirements?: readonly string[];
  /** The allowed versions of everything that is locked. */
  readonly constraints?: readonly string[];
  /** Which versions may be of what wheels are built with. */
  readonly buildConstraints?: readonly string[];
  /** Which of a project's extras are those of its tests; those a project does not have count for nothing. */
  readonly testExtras?: readonly string[];
  /** Dependency groups, likewise. */
  readonly testGroups?: readonly string[];
}

/** The extras and dependency groups that are those of tests if nothing else is said. */
export const TEST_NAMES: readonly string[] = ['test', 'tests', 'testing'];

/** The extra and the dependency group of development, which are those of tests if a project has no others. */
export const DEVELOPMENT_NAME = 'dev';

/** Files that say what a project requires to tools whose files are not read here. */
export const UNREAD_FILES: readonly string[] = [
  'Pipfile',
  'environment.yml',
  'environment.yaml',
  'conda.yml',
  'conda.yaml',
];

/** The file that pip-tools makes {@link RUNTIME_FILE} of. */
export const SOURCE_FILE = 'requirements.in';

/** The file that a project without declared dependencies keeps them in. */
export const RUNTIME_FILE = 'requirements.txt';

/** The files that requirements of tests are kept in; of several the first counts. */
export const TEST_FILES: readonly string[] = [
  'requirements-test.txt',
  'requirements_test.txt',
  'test-requirements.txt',
  'requirements-dev.txt',
];
