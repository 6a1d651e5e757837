import type { Operation } from '@wheelhouse/python-stage/internal';

/** Says which interpreter a project is built for and tested with. @throws ElementError INTERPRETER */
export async function interpreterLine({ workspace, project }: Operation): Promise<string> {
  const { implementation, version, executable } = await workspace.interpreter(project);
  return `python: ${implementation} ${version}, ${executable}`;
}
