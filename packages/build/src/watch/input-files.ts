import { join, sep } from 'node:path';
import { projectFiles } from '@wheelhouse/python/internal';
import type { Operation } from '@wheelhouse/python-stage/internal';

/** Files in the root of a workspace that decide how its projects are built. */
const OF_THE_WORKSPACE = ['nx.json', 'package.json', 'pyproject.toml', 'uv.toml', '.python-version', 'toolchain.lock'];

/** The directories of a workspace that targets write to. */
const OUTPUTS = ['dist', 'reports'];

/**
 * The absolute paths of the files that building and testing a project may read: those of the project, of all projects of
 * the workspace that it needs, and the settings of the workspace, which need not exist. Files that git ignores are not
 * among them.
 *
 * @throws ElementError SOURCE
 */
export async function inputFiles({ workspace, project }: Omit<Operation, 'engine'>): Promise<Set<string>> {
  const files = new Set(OF_THE_WORKSPACE.map((name) => join(workspace.directory, name)));
  const outputs = OUTPUTS.map((name) => join(workspace.directory, name) + sep);
  for (const each of new Set([project, ...workspace.localClosure(project)])) {
    const directory = workspace.directoryOf(each);
    for (const path of await projectFiles(directory)) {
      const file = join(directory, path);
      if (!outputs.some((output) => file.startsWith(output))) files.add(file);
    }
  }
  return files;
}
