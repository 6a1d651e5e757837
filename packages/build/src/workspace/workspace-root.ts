import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { PROJECT_CONF } from '@wheelhouse/element/internal';

/**
 * The workspace that a directory belongs to: the nearest one upwards with an nx.json.
 *
 * @throws ElementError WORKSPACE if there is none
 */
export function findWorkspace(directory: string): string {
  const found = nearestWith(directory, 'nx.json');
  if (found !== undefined) return found;
  throw new ElementError({
    code: 'WORKSPACE',
    message: `\`${directory}\` is not in an Nx workspace: neither it nor a directory above it has an nx.json`,
    hint: 'change into a workspace, or create one: `npx create-nx-workspace`',
  });
}

/**
 * The project of elements that a directory belongs to: the nearest one upwards with a project.conf.
 *
 * @throws ElementError MISSING_PROJECT_CONF if there is none
 */
export function findElementProject(directory: string): string {
  const found = nearestWith(directory, PROJECT_CONF);
  if (found !== undefined) return found;
  throw new ElementError({
    code: 'MISSING_PROJECT_CONF',
    message: `\`${directory}\` is not in an element project: neither it nor a directory above it has a ${PROJECT_CONF}`,
    hint: 'change into the project, or pass `--directory`',
  });
}

/** Whether a directory belongs to a project of elements: whether {@link findElementProject} finds one. */
export function isInElementProject(directory: string): boolean {
  return nearestWith(directory, PROJECT_CONF) !== undefined;
}

function nearestWith(directory: string, name: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at;
    if (dirname(at) === at) return undefined;
  }
}
