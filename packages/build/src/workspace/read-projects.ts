import { ElementError, ElementErrors } from '@wheelhouse/element';
import {
  findPython,
  normalizeName,
  readEachProject,
  sameNames,
  type ProjectMetadata,
  type ReadProject,
} from '@wheelhouse/python/internal';
import type { ProblemProject, ProjectRef } from '@wheelhouse/python-stage/internal';
import type { FoundProject } from './discovery.js';
import type { ListFiles } from './metadata-files.js';
import { namesOfOthers } from './other-names.js';

/** What reading the metadata of projects needs. */
export interface ReadingOptions {
  /** Absolute path. */
  readonly workspace: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Paths of JSON files that remember: metadata by content, and interpreters. */
  readonly memos: { readonly metadata: string; readonly interpreters: string };
  /** Lists files of the workspace. */
  readonly list: ListFiles;
}

/** A project that can be worked with. */
export interface ReadableProject {
  readonly found: FoundProject;
  readonly ref: ProjectRef;
  readonly metadata: ProjectMetadata;
}

/** The projects of a workspace: those that can be worked with, and those that cannot. Each is in one of the two. */
export interface SortedProjects {
  readonly readable: readonly ReadableProject[];
  readonly problems: readonly (ProblemProject & { readonly found: FoundProject })[];
}

/**
 * Reads the metadata of projects. What is wrong with one of them, with its options or its name, is its own problem and
 * keeps no other from being worked with (docs/adr/0066).
 */
export async function readFoundProjects(
  found: readonly FoundProject[],
  options: ReadingOptions,
): Promise<SortedProjects> {
  const optionsOf = new Map(found.map((each) => [each.root, each.options]));
  const read = await readEachProject(
    found.map(({ root }) => root),
    {
      workspace: options.workspace,
      memo: options.memos.metadata,
      python: () => findPython(options.environment, options.memos.interpreters),
      settings: (root) => optionsOf.get(root)?.settings,
      environment: options.environment,
    },
  );
  const wanted = wantedNames(found, read);
  const python = new Set(found.map(({ root }) => root));
  const others = await namesOfOthers(options.workspace, wanted, python, options.list);
  return sortProjects(found, read, others);
}

/** Names that projects would have for want of one that a file gives them. */
export function wantedNames(found: readonly FoundProject[], read: readonly ReadProject[]): ReadonlySet<string> {
  const named = new Set(found.filter(({ name }) => name !== undefined).map(({ root }) => root));
  const names = read.flatMap((each) => {
    if (named.has(each.root)) return [];
    return ('error' in each ? each.names[0] : each.metadata.name) ?? [];
  });
  return new Set(names);
}

/**
 * Which projects can be worked with, and what all of them are called.
 *
 * @param read the metadata of all
 * @param others those wanted names that projects have which are not Python's
 */
export function sortProjects(
  found: readonly FoundProject[],
  read: readonly ReadProject[],
  others: ReadonlySet<string>,
): SortedProjects {
  const metadataOf = new Map(read.flatMap((each) => ('metadata' in each ? [[each.root, each.metadata] as const] : [])));
  const errorOf = new Map<string, ElementError | ElementErrors>();
  const namesOf = new Map<string, readonly string[]>();
  for (const { project, error } of sameNames([...metadataOf.values()])) errorOf.set(project.root, error);
  for (const each of found) if (each.error !== undefined) errorOf.set(each.root, each.error);
  for (const each of read) {
    if ('error' in each) errorOf.set(each.root, withWayOut(each.error, each.root));
    namesOf.set(each.root, 'error' in each ? each.names : [each.metadata.normalizedName]);
  }
  const distributionOf = (root: string): string | undefined => metadataOf.get(root)?.name ?? namesOf.get(root)?.[0];
  const nodeNames = namesInWorkspace(found, distributionOf, others);
  const refOf = (each: FoundProject): ProjectRef => {
    return {
      name: nodeNames.get(each.root) ?? each.root,
      root: each.root,
      ...(each.options.python === undefined ? {} : { python: each.options.python }),
      settings: each.options.settings,
    };
  };
  return {
    readable: found.flatMap((each) => {
      const metadata = metadataOf.get(each.root);
      if (metadata === undefined || errorOf.has(each.root)) return [];
      return [{ found: each, ref: refOf(each), metadata }];
    }),
    problems: found.flatMap((each) => {
      const error = errorOf.get(each.root);
      if (error === undefined) return [];
      const names = [...(namesOf.get(each.root) ?? []), ...(each.name === undefined ? [] : [normalizeName(each.name)])];
      return [{ found: each, ref: refOf(each), error, names }];
    }),
  };
}

/**
 * The names of projects in the workspace, by their roots: those that project.json or package.json give, else those of
 * the distributions. Nx takes no name twice, so where a distribution's is taken its project goes by its root.
 *
 * @param others names of projects that are not Python's
 */
export function namesInWorkspace(
  found: readonly FoundProject[],
  distributionOf: (root: string) => string | undefined,
  others: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const taken = new Set([...others, ...found.flatMap(({ name }) => name ?? [])]);
  return new Map(
    found.map(({ root, name }) => {
      if (name !== undefined) return [root, name];
      const distribution = distributionOf(root);
      const own = distribution === undefined || taken.has(distribution) ? root : distribution;
      taken.add(own);
      return [root, own];
    }),
  );
}

/** What looks like a project may be a test fixture or third-party code: the error says how to exclude it. */
function withWayOut(error: ElementError | ElementErrors, root: string): ElementError | ElementErrors {
  const errors = error instanceof ElementErrors ? error.errors : [error];
  const wayOut = `if \`${root}\` is not a project of yours, exclude it: \`"exclude": ["${root}/**"]\` beside the plugin's \`options\` in nx.json`;
  const told = errors.map((each, index) => {
    if (index < errors.length - 1 || root === '.' || each.hint?.includes('`exclude`') === true) return each;
    const { code, reason: message, origin, detail, hint } = each;
    return new ElementError({
      code,
      message,
      origin,
      detail,
      hint: hint === undefined ? wayOut : `${hint}; ${wayOut}`,
      cause: each,
    });
  });
  const [only, ...more] = told;
  return only === undefined || more.length > 0 ? new ElementErrors(told) : only;
}
