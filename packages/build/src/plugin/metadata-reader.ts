import { ElementError, ElementErrors } from '@wheelhouse/element';
import {
  checkDistinctNames,
  findPython,
  readProjects,
  type ProjectMetadata,
  type RequirementsSettings,
} from '@wheelhouse/python';

/** What could be read of projects, and what could not. */
export interface ReadMetadata {
  /** By the project's root. */
  readonly projects: ReadonlyMap<string, ProjectMetadata>;
  /** By the root of the project that each is about. */
  readonly errors: readonly { readonly root: string; readonly error: ElementError }[];
}

/** What reading needs. */
export interface MetadataReaderOptions {
  readonly workspace: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Which requirements files are a project's. */
  readonly settings: (root: string) => RequirementsSettings | undefined;
  /** Path of a JSON file that remembers, by its name. */
  memo(name: string): string;
}

/** Reads the metadata of projects; one that cannot be read keeps no other from being read. */
export async function readMetadata(roots: readonly string[], options: MetadataReaderOptions): Promise<ReadMetadata> {
  const { projects, errors } = await readEach(roots, options);
  const distinct = new Map<string, ProjectMetadata>();
  const duplicates: { readonly root: string; readonly error: ElementError }[] = [];
  for (const project of projects) {
    const failures = await errorsOf(() => {
      checkDistinctNames([...distinct.values(), project]);
    });
    if (failures.length === 0) distinct.set(project.root, project);
    duplicates.push(...failures.map((error) => ({ root: project.root, error })));
  }
  return { projects: distinct, errors: [...errors, ...duplicates] };
}

async function readEach(
  roots: readonly string[],
  options: MetadataReaderOptions,
): Promise<{ readonly projects: readonly ProjectMetadata[]; readonly errors: ReadMetadata['errors'] }> {
  const projects: ProjectMetadata[] = [];
  const read = async (some: readonly string[]): Promise<ElementError[]> =>
    await errorsOf(async () => {
      projects.push(
        ...(await readProjects(some, {
          workspace: options.workspace,
          memo: options.memo('metadata'),
          python: () => findPython(options.environment, options.memo('interpreters')),
          settings: options.settings,
          environment: options.environment,
        })),
      );
    });
  if ((await read(roots)).length === 0) return { projects, errors: [] };
  // Which error is whose shows when each project is read by itself.
  const errors: { readonly root: string; readonly error: ElementError }[] = [];
  for (const root of roots) errors.push(...(await read([root])).map((error) => ({ root, error })));
  return { projects, errors };
}

async function errorsOf(work: () => void | Promise<void>): Promise<ElementError[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof ElementErrors) return error.errors;
    if (error instanceof ElementError) return [error];
    throw error;
  }
}
