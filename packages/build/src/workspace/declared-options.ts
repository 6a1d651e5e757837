import { join } from 'node:path';
import type { Operation } from '@wheelhouse/python-stage/internal';
import { executorOptions, type ExecutorSchema } from './executor-options.js';
import { findProjects } from './discovery.js';
import { readJson } from './project-name.js';
import type { TargetOption } from './target-options.js';

/**
 * What nx.json, and over it project.json, say of an executor's options for a target of a project: what Nx would give
 * the executor, but for `targetDefaults` and configurations.
 *
 * @param schema the executor's
 * @throws ElementError TARGET_OPTIONS
 */
export async function targetOptions(
  { workspace, project }: Pick<Operation, 'workspace' | 'project'>,
  option: TargetOption,
  schema: ExecutorSchema,
): Promise<Readonly<Record<string, unknown>>> {
  const found = (await findProjects(workspace.directory)).find(({ root }) => root === project.ref.root);
  const choice = found?.options.targets[option];
  if (choice === undefined) return {};
  const own = readJson(join(workspace.directoryOf(project), 'project.json')) as ProjectJson | undefined;
  return executorOptions(schema, { ...choice.options, ...own?.targets?.[choice.name]?.options });
}

/** What is read of a project.json. */
interface ProjectJson {
  readonly targets?: Readonly<Record<string, { readonly options?: Readonly<Record<string, unknown>> } | undefined>>;
}
