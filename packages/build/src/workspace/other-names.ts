import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { declaredName, readJson } from './project-name.js';
import { filesByRoot, type ListFiles } from './metadata-files.js';

/**
 * Which of some names are those of projects that are not Python's: Nx stops if two projects have one name. They are
 * the names that a project.json gives, or the directory where it gives none, and those of the packages in npm's, pnpm's
 * or yarn's workspaces.
 *
 * @param workspace absolute path
 * @param wanted names that are in question
 * @param python the roots of Python projects, whose own files give them their own names
 * @param list lists files of the workspace
 */
export async function namesOfOthers(
  workspace: string,
  wanted: ReadonlySet<string>,
  python: ReadonlySet<string>,
  list: ListFiles,
): Promise<ReadonlySet<string>> {
  if (wanted.size === 0) return new Set();
  const roots = filesByRoot(await list(NAMING_FILES)).keys();
  const places = [...roots].map((root) => ({
    root,
    name: declaredName(join(workspace, root)),
    hasProjectJson: existsSync(join(workspace, root, 'project.json')),
  }));
  return takenNames(places, { wanted, python, inWorkspaces: await workspacePackages(workspace) });
}

/** The files that give projects their names. */
export const NAMING_FILES: readonly string[] = ['project.json', 'package.json'];

/** A directory with one of {@link NAMING_FILES}. */
export interface NamingPlace {
  /** Relative to the workspace. */
  readonly root: string;
  /** The name that its files give. */
  readonly name?: string | undefined;
  readonly hasProjectJson: boolean;
}

/** The same of directories that have been read. @param given see {@link namesOfOthers} and {@link workspacePackages} */
export function takenNames(
  places: Iterable<NamingPlace>,
  given: {
    readonly wanted: ReadonlySet<string>;
    readonly python: ReadonlySet<string>;
    readonly inWorkspaces: (root: string) => boolean;
  },
): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const { root, name = basename(root).toLowerCase(), hasProjectJson } of places) {
    if (given.python.has(root) || !given.wanted.has(name)) continue;
    if (hasProjectJson || given.inWorkspaces(root)) taken.add(name);
  }
  return taken;
}

/** Whether a directory is a package in the `workspaces` of a package manager. */
export async function workspacePackages(workspace: string): Promise<(root: string) => boolean> {
  const own = readJson(join(workspace, 'package.json')) as RootPackage | undefined;
  const patterns = [...packagesOf(own?.workspaces), ...pnpmPackages(join(workspace, 'pnpm-workspace.yaml'))]
    .filter((pattern): pattern is string => typeof pattern === 'string')
    .map((pattern) => pattern.replace(/^(!?)\.\//, '$1').replace(/\/$/, ''));
  const isRoot = own?.nx !== undefined || patterns.includes('.');
  if (patterns.length === 0) return (root) => root === '.' && isRoot;
  const { fileMatcher } = await import('./file-matcher.js');
  const matches = fileMatcher({ include: patterns, exclude: [] });
  return (root) => (root === '.' ? isRoot : matches(root));
}

interface RootPackage {
  readonly nx?: unknown;
  readonly workspaces?: unknown;
}

/** A list, or yarn's object with one. */
function packagesOf(workspaces: unknown): readonly unknown[] {
  if (Array.isArray(workspaces)) return workspaces;
  if (typeof workspaces !== 'object' || workspaces === null || !('packages' in workspaces)) return [];
  return packagesOf(workspaces.packages);
}

/** The items of `packages` in a pnpm-workspace.yaml. */
function pnpmPackages(path: string): string[] {
  if (!existsSync(path)) return [];
  const [, list = ''] = /^packages:[ \t]*\r?\n((?:[ \t]*(?:-.*|#.*)?\r?\n?)*)/m.exec(readFileSync(path, 'utf8')) ?? [];
  return [...list.matchAll(/^[ \t]*-[ \t]*(['"]?)([^'"#\r\n]+?)\1[ \t]*(?:#.*)?$/gm)].map(([, , item = '']) => item);
}
