import { join, posix } from 'node:path';
import { ElementError, ElementErrors, throwCollected } from '@wheelhouse/element';
import { MetadataMemo } from './metadata-memo.js';
import { ProjectFiles } from './project-files.js';
import type { ProjectMetadata } from './project-metadata.js';
import type { RequirementsSettings } from './requirements-settings.js';

/** The files of which a Python project has one at least. */
export const METADATA_FILES: readonly string[] = ['pyproject.toml', 'setup.cfg', 'setup.py'];

/** What reading metadata needs of its surroundings. */
export interface ReadOptions {
  /** The workspace's directory, absolute. */
  readonly workspace: string;
  /** A JSON file that remembers metadata by content. */
  readonly memo?: string | undefined;
  /** A Python of 3.8 or later; asked for only when a setup.py must be read anew. */
  readonly python: () => Promise<string>;
  /** Which requirements files are a project's. @param root the project's directory relative to the workspace */
  readonly settings?: (root: string) => RequirementsSettings | undefined;
  /** The variables that requirements files may name. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * The metadata of projects, read without running any of their code: pyproject.toml, setup.cfg, and the literals of
 * setup.py by one Python process for all of them. Nothing is started where the memo knows the files' content.
 *
 * @param roots the projects' directories relative to the workspace, `/`-separated
 * @returns in the order of `roots`
 * @throws ElementError METADATA, OUTSIDE_WORKSPACE; all that are wrong at once
 */
export async function readProjects(roots: readonly string[], options: ReadOptions): Promise<ProjectMetadata[]> {
  const memo = new MetadataMemo(options.memo);
  const errors: ElementError[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (error instanceof ElementErrors) errors.push(...error.errors);
      else if (error instanceof ElementError) errors.push(error);
      else throw error;
      return undefined;
    }
  };
  const projects = roots.map((root) => attempt(() => open(root, options)));
  const fresh = projects.filter((files) => files !== undefined && memo.get(files) === undefined) as ProjectFiles[];
  if (fresh.length > 0) {
    // The readers are loaded when there is something to read that the memo does not know.
    const { readFresh } = await import('./read-fresh.js');
    for (const { files, read } of await readFresh(fresh, options.python)) {
      const metadata = attempt(read);
      if (metadata !== undefined) memo.put(files, metadata);
    }
  }
  throwCollected(errors);
  memo.save();
  return projects.map((files) => {
    const metadata = files === undefined ? undefined : memo.get(files);
    if (metadata === undefined) throw new Error('a project without metadata passed');
    return metadata;
  });
}

/** Projects must not carry one distribution name. @throws ElementError DUPLICATE_DISTRIBUTION */
export function checkDistinctNames(projects: readonly ProjectMetadata[]): void {
  const byName = new Map<string, ProjectMetadata>();
  const errors: ElementError[] = [];
  for (const project of projects) {
    const other = byName.get(project.normalizedName);
    if (other === undefined) {
      byName.set(project.normalizedName, project);
      continue;
    }
    errors.push(
      new ElementError({
        code: 'DUPLICATE_DISTRIBUTION',
        message: `the distribution \`${project.name}\` is also the project \`${other.root}\``,
        origin: project.origins.name,
        hint: `give \`${project.root}\` or \`${other.root}\` another name`,
      }),
    );
  }
  throwCollected(errors);
}

function open(root: string, { workspace, settings, environment }: ReadOptions): ProjectFiles {
  const path = posix.normalize(root);
  if (posix.isAbsolute(path) || path === '..' || path.startsWith('../')) {
    throw new ElementError({
      code: 'OUTSIDE_WORKSPACE',
      message: `the project \`${root}\` is not inside the workspace`,
      hint: "a project's root is a path relative to the workspace",
    });
  }
  const files = new ProjectFiles(join(workspace, path), path.replace(/\/$/, ''), workspace, {
    settings: settings?.(root),
    environment,
  });
  if (METADATA_FILES.every((name) => files.read(name) === undefined)) {
    throw new ElementError({
      code: 'METADATA',
      message: `\`${root}\` is no Python project: it has none of \`${METADATA_FILES.join('`, `')}\``,
      hint: 'add a pyproject.toml with `[project]` and `[build-system]`',
    });
  }
  return files;
}
