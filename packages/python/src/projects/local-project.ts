import { posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { parseAddress } from '../requirements/address.js';
import { formatRequirement, type Requirement } from '../requirements/requirement.js';

/** The project of the workspace that a requirement means: the one of its name, or the one that is where it leads. */
export function localProject(
  requirement: Requirement,
  workspace: readonly ProjectMetadata[],
): ProjectMetadata | undefined {
  const named = requirement.name === '' ? undefined : indexOf(workspace).byName.get(requirement.normalizedName);
  return named ?? lyingAt(pathOf(requirement), workspace);
}

/** Name and path of a requirement must not mean different things. @throws ElementError RESOLUTION */
export function checkLocation(
  requirement: Requirement,
  local: ProjectMetadata,
  workspace: readonly ProjectMetadata[],
): void {
  const path = pathOf(requirement);
  const lying = lyingAt(path, workspace);
  const isSame = requirement.name === '' || local.normalizedName === requirement.normalizedName;
  if (path === undefined || (lying === local && isSame)) return;
  throw new ElementError({
    code: 'RESOLUTION',
    message: `\`${formatRequirement(requirement)}\` points to ${describe(lying)}, but has the name of ${describe(isSame ? local : undefined)}`,
    origin: requirement.origin,
    hint: 'require a project of the workspace by its own name, or by its own path',
  });
}

function lyingAt(path: string | undefined, workspace: readonly ProjectMetadata[]): ProjectMetadata | undefined {
  return path === undefined ? undefined : indexOf(workspace).byRoot.get(path);
}

interface WorkspaceIndex {
  readonly byName: ReadonlyMap<string, ProjectMetadata>;
  readonly byRoot: ReadonlyMap<string, ProjectMetadata>;
}

const indexes = new WeakMap<readonly ProjectMetadata[], WorkspaceIndex>();

/** The projects of a workspace by name and by place; of two under one, the first. */
function indexOf(workspace: readonly ProjectMetadata[]): WorkspaceIndex {
  const known = indexes.get(workspace);
  if (known !== undefined) return known;
  const last = [...workspace].reverse();
  const index = {
    byName: new Map(last.map((project) => [project.normalizedName, project])),
    byRoot: new Map(last.map((project) => [posix.normalize(project.root), project])),
  };
  indexes.set(workspace, index);
  return index;
}

/** The path in the workspace that a requirement leads to, where it does. */
function pathOf({ url }: Requirement): string | undefined {
  if (url === undefined || !/^file:(?!\/\/)/.test(url)) return undefined;
  const address = parseAddress(url);
  return address.kind === 'path' ? posix.normalize(address.path).replace(/\/$/, '') : undefined;
}

function describe(project: ProjectMetadata | undefined): string {
  return project === undefined ? 'no project of the workspace' : `the project \`${project.root}\``;
}
