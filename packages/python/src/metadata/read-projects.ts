import { join, posix } from 'node:path';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import type { Looks } from '../files/looks.js';
import { MetadataMemo } from './metadata-memo.js';
import { ProjectFiles } from './project-files.js';
import type { ProjectMetadata } from './project-metadata.js';
import type { RequirementsSettings } from './requirements-settings.js';

/** The files of which a Python project has one at least. */
export const METADATA_FILES: readonly string[] = ['pyproject.toml', 'setup.cfg', 'setup.py'];

/** What reading metadata needs from its caller. */
export interface ReadOptions {
  /** The workspace's directory, absolute. */
  readonly workspace: string;
  /** A JSON file that remembers metadata by content. */
  readonly memo?: string | undefined;
  /** A Python of 3.8 or later; requested only when a setup.py must be read anew. */
  readonly python: () => Promise<string>;
  /** Which requirements files are a project's. @param root the project's directory relative to the workspace */
  readonly settings?: (root: string) => RequirementsSettings | undefined;
  /** The variables that requirements files may name. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Who is told what is looked at of a project. */
  readonly looks?: (root: string) => Looks | undefined;
}

/** A project whose metadata was read, or why it could not be. */
export type ReadProject =
  | { readonly root: string; readonly metadata: ProjectMetadata }
  | {
      readonly root: string;
      readonly error: ElementError | ElementErrors;
      /** Normalised names of the distribution that it may be, as far as its files tell. */
      readonly names: readonly string[];
    };

/**
 * The metadata of projects, read without running any of their code: pyproject.toml, setup.cfg, and the literals of
 * setup.py by one Python process for all of them. Nothing is started where the memo knows the files' content. A project
 * that cannot be read keeps no other from being read.
 *
 * @param roots the projects' directories relative to the workspace, `/`-separated
 * @returns in the order of `roots`
 */
export async function readEachProject(roots: readonly string[], options: ReadOptions): Promise<ReadProject[]> {
  const memo = new MetadataMemo(options.memo);
  const opened = roots.map((root) => open(root, options));
  const fresh = opened.flatMap(({ value, error }) =>
    value === undefined || error !== undefined || memo.get(value) !== undefined ? [] : [value],
  );
  const failed = new Map<ProjectFiles, ElementError | ElementErrors>();
  if (fresh.length > 0) {
    // The readers are loaded when there is something to read that the memo does not know.
    const { readFresh } = await import('./read-fresh.js');
    for (const { files, read } of await readFresh(fresh, options.python)) {
      const { value, error } = attempt(read);
      if (error !== undefined) failed.set(files, error);
      else if (value !== undefined) memo.put(files, value);
    }
  }
  memo.save();
  const results: ReadProject[] = [];
  for (const [index, { value: files, error = files && failed.get(files) }] of opened.entries()) {
    const root = roots[index] ?? '';
    const metadata = files === undefined || error !== undefined ? undefined : memo.get(files);
    if (metadata !== undefined) results.push({ root, metadata });
    else if (error !== undefined) results.push({ root, error, names: await namesOf(files) });
    else throw new Error(`the project \`${root}\` was neither read nor refused`);
  }
  return results;
}

/**
 * The same where all have to be readable.
 *
 * @throws ElementError METADATA, OUTSIDE_WORKSPACE; all that are wrong at once
 */
export async function readProjects(roots: readonly string[], options: ReadOptions): Promise<ProjectMetadata[]> {
  const read = await readEachProject(roots, options);
  throwCollected(read.flatMap((each) => ('error' in each ? errorsOf(each.error) : [])));
  return read.flatMap((each) => ('metadata' in each ? [each.metadata] : []));
}

/** The errors that one is made of. */
export function errorsOf(error: ElementError | ElementErrors): readonly ElementError[] {
  return error instanceof ElementErrors ? error.errors : [error];
}

interface Attempt<T> {
  readonly value?: T;
  readonly error?: ElementError | ElementErrors;
}

function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof ElementError || error instanceof ElementErrors) return { error };
    throw error;
  }
}

async function namesOf(files: ProjectFiles | undefined): Promise<readonly string[]> {
  if (files === undefined) return [];
  const { likelyNames } = await import('./likely-names.js');
  return likelyNames(files);
}

/** Projects must not carry one distribution name. @throws ElementError DUPLICATE_DISTRIBUTION */
export function checkDistinctNames(projects: readonly ProjectMetadata[]): void {
  throwCollected(sameNames(projects).map(({ error }) => error));
}

/** The projects whose distribution another one is, too. */
export function sameNames(
  projects: readonly ProjectMetadata[],
): { readonly project: ProjectMetadata; readonly error: ElementError }[] {
  const byName = new Map<string, ProjectMetadata[]>();
  for (const project of projects) {
    byName.set(project.normalizedName, [...(byName.get(project.normalizedName) ?? []), project]);
  }
  return projects.flatMap((project) => {
    const [other, ...more] = (byName.get(project.normalizedName) ?? []).filter((each) => each !== project);
    if (other === undefined) return [];
    const others = [other, ...more].map(({ root }) => `\`${root}\``).join(', ');
    const error = new ElementError({
      code: 'DUPLICATE_DISTRIBUTION',
      message: `the distribution \`${project.name}\` is also the project ${others}`,
      origin: project.origins.name,
      hint: `rename one of them, or exclude what is not a project of yours: \`"exclude": ["${project.root}/**"]\` beside the plugin's \`options\` in nx.json`,
    });
    return [{ project, error }];
  });
}

/** A project's files, and why they cannot be read. */
function open(root: string, options: ReadOptions): Attempt<ProjectFiles> {
  const files = attempt(() => filesOf(root, options));
  const { value } = files;
  if (value === undefined) return files;
  const { value: isProject, error } = attempt(() => METADATA_FILES.some((name) => value.read(name) !== undefined));
  return isProject === false ? { error: notProject(root) } : { value, ...(error === undefined ? {} : { error }) };
}

function filesOf(root: string, { workspace, settings, environment, looks }: ReadOptions): ProjectFiles {
  const path = posix.normalize(root);
  if (posix.isAbsolute(path) || path === '..' || path.startsWith('../')) {
    throw new ElementError({
      code: 'OUTSIDE_WORKSPACE',
      message: `the project \`${root}\` is not inside the workspace`,
      hint: "a project's root is a path relative to the workspace",
    });
  }
  return new ProjectFiles(join(workspace, path), path.replace(/\/$/, ''), workspace, {
    settings: settings?.(root),
    environment,
    looks: looks?.(root),
  });
}

function notProject(root: string): ElementError {
  return new ElementError({
    code: 'METADATA',
    message: `\`${root}\` is not a Python project: it has none of \`${METADATA_FILES.join('`, `')}\``,
    hint: 'add a pyproject.toml with `[project]` and `[build-system]`',
  });
}
