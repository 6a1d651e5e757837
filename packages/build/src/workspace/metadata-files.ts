import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { gitFilesMatching, METADATA_FILES, type Looks } from '@wheelhouse/python/internal';

/** Directories that are not looked into where git does not say what is ignored. */
const SKIPPED = new Set([
  'node_modules',
  '.git',
  '.nx',
  '.venv',
  'venv',
  '.tox',
  'dist',
  'build',
  'reports',
  '__pycache__',
]);

/** A Python project by its directory. */
export interface ProjectRoot {
  /** Relative to the workspace, `/`-separated; `.` for the workspace itself. */
  readonly root: string;
  /** The metadata files it has, relative to the workspace; the first of them stands for the project. */
  readonly files: readonly string[];
}

/**
 * The metadata files of a workspace: those git tracks or would take up, there and in submodules, and, as for Nx, no .nxignore hides; if there
 * is no git, all but what tools leave behind.
 *
 * @param workspace absolute path
 * @returns paths relative to the workspace, sorted
 */
export async function findMetadataFiles(workspace: string): Promise<string[]> {
  return await findFiles(workspace, METADATA_FILES);
}

/** Lists the files of a workspace that have one of these names, relative to it. */
export type ListFiles = (names: readonly string[]) => Promise<string[]>;

/**
 * The files of a workspace, of which git is asked once for all names that matter, when the first of them are asked for.
 *
 * @param workspace absolute path
 * @param all the names that are ever asked for
 */
export function listFilesOnce(workspace: string, all: readonly string[]): ListFiles {
  let listed: Promise<string[]> | undefined;
  return async (names) => {
    listed ??= findFiles(workspace, all);
    return (await listed).filter((file) => names.includes(basename(file)));
  };
}

/** The same for files of other names. */
export async function findFiles(workspace: string, names: readonly string[]): Promise<string[]> {
  const found = (await listedByGit(workspace, names)) ?? walk(workspace, names);
  const hidden = await hiddenFromNx(workspace);
  return found.filter((file) => !hidden(file)).sort();
}

/** Whether `.nxignore` hides a file from Nx, by its path relative to the workspace. */
export async function hiddenFromNx(workspace: string): Promise<(file: string) => boolean> {
  const ignored = readIfThere(join(workspace, '.nxignore'));
  if (ignored === undefined) return () => false;
  const { default: ignore } = await import('ignore');
  const rules = ignore().add(ignored);
  return (file) => rules.ignores(file);
}

/**
 * The projects that metadata files make. A pyproject.toml or setup.cfg that only holds settings of tools makes none, and
 * neither does one that says that it is not a distribution (`package = false` of uv).
 *
 * @param files relative to the workspace
 */
export function projectRoots(workspace: string, files: readonly string[]): ProjectRoot[] {
  const roots = [...filesByRoot(files)].flatMap(([root, own]) => {
    const found = declaringFirst(workspace, own);
    return found.length === 0 ? [] : [{ root, files: found }];
  });
  return roots.sort((a, b) => (a.root < b.root ? -1 : 1));
}

/** Files by their directories. Those inside npm packages are not of the workspace, whether git ignores them or not. */
export function filesByRoot(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byRoot = new Map<string, string[]>();
  for (const file of files) {
    const root = posix.dirname(file);
    const known = byRoot.get(root);
    if (known !== undefined) known.push(file);
    else if (!/(^|\/)node_modules(\/|$)/.test(root)) byRoot.set(root, [file]);
  }
  return byRoot;
}

/**
 * The metadata files of one directory, those first that make it a project; none if no file does.
 *
 * @param files relative to the workspace
 * @param looks told what is looked at
 */
export function declaringFirst(workspace: string, files: readonly string[], looks?: Looks): readonly string[] {
  const declaring = files.filter((file) => {
    looks?.file(join(workspace, file));
    return declaresProject(join(workspace, file));
  });
  return declaring.length === 0 ? [] : [...declaring, ...files.filter((file) => !declaring.includes(file))];
}

/** Whether a metadata file makes its directory a project, and does not only hold settings of tools. */
function declaresProject(path: string): boolean {
  switch (basename(path)) {
    case 'pyproject.toml':
      return declaresDistribution(readUnlessRefused(path));
    case 'setup.cfg':
      return /^\[metadata\]/m.test(readUnlessRefused(path));
    default:
      return true;
  }
}

/** PEP 621's table, or those that Poetry and Flit had before it: without one, a build system builds nothing. */
const DECLARING =
  /^\s*(?:\[\s*["']?project["']?\s*[\].]|project\s*[.=]|\[\s*tool\s*\.\s*(?:poetry|flit\s*\.\s*metadata)\s*\])/m;

/**
 * How a project says that it is not a distribution, by the tables of tools: the root of a workspace, or an application
 * that only its dependencies are installed of.
 */
const NO_DISTRIBUTION: readonly (readonly [string, RegExp])[] = [
  ['tool.uv', /^\s*package\s*=\s*false\b/m],
  ['tool.poetry', /^\s*package-mode\s*=\s*false\b/m],
  ['tool.pdm', /^\s*distribution\s*=\s*false\b/m],
  ['tool.rye', /^\s*virtual\s*=\s*true\b/m],
];

function declaresDistribution(pyproject: string): boolean {
  if (!DECLARING.test(pyproject)) return false;
  const tables = pyproject.split(/^\s*\[+\s*/m).slice(1);
  return !NO_DISTRIBUTION.some(([name, setting]) =>
    tables.some((table) => table.startsWith(name) && /^\s*\]/.test(table.slice(name.length)) && setting.test(table)),
  );
}

async function listedByGit(workspace: string, names: readonly string[]): Promise<string[] | undefined> {
  const patterns = names.map((name) => `:(glob)**/${name}`);
  const listed = await gitFilesMatching(workspace, patterns);
  return listed?.filter((path) => existsSync(join(workspace, path)));
}

function walk(workspace: string, names: readonly string[], directory = '.'): string[] {
  return readdirSync(join(workspace, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(directory, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(workspace, names, path);
    return names.includes(entry.name) ? [path] : [];
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EISDIR') return undefined;
    throw error;
  }
}

/** An existing file that cannot be read is reported by the code that reads its metadata. */
function readUnlessRefused(path: string): string {
  try {
    return readIfThere(path) ?? '';
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return '[project]\n[metadata]\n';
  }
}
