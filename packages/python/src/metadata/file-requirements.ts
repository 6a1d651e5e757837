import { posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { ProjectFiles } from './project-files.js';
import { readRequirementsFiles, type FileIndexes } from './requirements-files.js';
import { RUNTIME_FILE, SOURCE_FILE, TEST_FILES, UNREAD_FILES } from './requirements-settings.js';
import type { Requirement } from '../requirements/requirement.js';

/** What a project's requirements and constraints files say beside what it requires when it runs. Plain data. */
export interface FileRequirements {
  /** The files, those they include among them, relative to the workspace and sorted. */
  readonly files: readonly string[];
  /** The environment variables whose values they take. */
  readonly variables: readonly string[];
  /** What the tests require. */
  readonly test: readonly Requirement[];
  /** Which versions may be, of what is required when the project and its tests run. */
  readonly constraints: readonly Requirement[];
  /** Which versions may be of what is built with. */
  readonly buildConstraints: readonly Requirement[];
  /** Whether a file asks for pre-releases. */
  readonly prereleases: boolean;
  readonly indexes: FileIndexes;
}

/** What a project declares without files: which files are looked for depends on it. */
export interface DeclaredRequirements {
  readonly dependencies: boolean;
  readonly tests: boolean;
}

/**
 * Reads the requirements and constraints files of a project: those its options name, and where they name none, a
 * `requirements.txt` of a project that declares no dependencies, and the first of the usual files of tests where it
 * declares none of these.
 *
 * @returns `undefined` if there are none
 * @throws ElementError METADATA, OUTSIDE_WORKSPACE; all that are wrong at once
 */
export function readFileRequirements(
  files: ProjectFiles,
  declared: DeclaredRequirements,
): { readonly runtime: readonly Requirement[]; readonly rest: FileRequirements } | undefined {
  const { settings } = files;
  const usual = (names: readonly string[], wanted: boolean): string[] =>
    wanted ? names.filter((name) => files.read(name) !== undefined).slice(0, 1) : [];
  const chosen = (names: readonly string[] | undefined): string[] => (names ?? []).map((name) => located(name, files));
  const names = {
    runtime:
      settings.requirements === undefined
        ? usual([RUNTIME_FILE, SOURCE_FILE], !declared.dependencies)
        : chosen(settings.requirements),
    test:
      settings.testRequirements === undefined ? usual(TEST_FILES, !declared.tests) : chosen(settings.testRequirements),
    constraints: chosen(settings.constraints),
    buildConstraints: chosen(settings.buildConstraints),
  };
  if (settings.requirements === undefined && !declared.dependencies && names.runtime.length === 0) refuseUnread(files);
  if (Object.values(names).every((list) => list.length === 0)) return undefined;
  const own = readRequirementsFiles(names.runtime, files);
  const test = readRequirementsFiles(names.test, files);
  const all = readRequirementsFiles(names.constraints, files, 'constraints');
  const build = readRequirementsFiles(names.buildConstraints, files, 'constraints');
  const opened = new Set([own, test, all, build].flatMap((read) => read.files));
  const [a, b] = [own.indexes, test.indexes];
  const indexUrl = b.indexUrl ?? a.indexUrl;
  return {
    runtime: own.requirements,
    rest: {
      files: [...opened].map((name) => files.label(name)).sort(),
      variables: files.variableNames,
      test: test.requirements,
      constraints: [...own.constraints, ...test.constraints, ...all.constraints],
      buildConstraints: [...all.constraints, ...build.constraints],
      prereleases: own.prereleases || test.prereleases,
      indexes: {
        ...(indexUrl === undefined ? {} : { indexUrl }),
        extraIndexUrls: [...new Set([...a.extraIndexUrls, ...b.extraIndexUrls])],
        findLinks: [...new Set([...a.findLinks, ...b.findLinks])],
        trustedHosts: [...new Set([...a.trustedHosts, ...b.trustedHosts])],
        noIndex: a.noIndex || b.noIndex,
      },
    },
  };
}

/** A wheel without what such a file names would be another application. @throws ElementError METADATA */
function refuseUnread(files: ProjectFiles): void {
  const name = UNREAD_FILES.find((each) => files.read(each) !== undefined);
  if (name === undefined) return;
  throw new ElementError({
    code: 'METADATA',
    message: `\`${name}\` is not read, and no other file has the requirements of the project`,
    origin: { file: files.label(name), line: 1, column: 0 },
    hint: 'add them to `dependencies` of `[project]`, or list requirements files in the option `requirements`; use `[]` if nothing is required',
  });
}

const WORKSPACE_ROOT = '{workspaceRoot}/';

/** A file of the options, relative to the project. */
function located(name: string, { root }: ProjectFiles): string {
  if (!name.startsWith(WORKSPACE_ROOT)) return posix.normalize(name);
  return posix.relative(root === '.' ? '' : root, name.slice(WORKSPACE_ROOT.length));
}
