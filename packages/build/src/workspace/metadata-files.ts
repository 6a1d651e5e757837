import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { METADATA_FILES } from '@wheelhouse/python';
import { codeOf } from '../errno.js';

const run = promisify(execFile);

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
 * The metadata files of a workspace: those git tracks or would take up and, as for Nx, no .nxignore hides; where there
 * is no git, all but what tools leave behind.
 *
 * @param workspace absolute path
 * @returns paths relative to the workspace, sorted
 */
export async function findMetadataFiles(workspace: string): Promise<string[]> {
  const found = (await listedByGit(workspace)) ?? walk(workspace);
  const ignored = readIfThere(join(workspace, '.nxignore'));
  if (ignored === undefined) return found.sort();
  const { default: ignore } = await import('ignore');
  return ignore().add(ignored).filter(found).sort();
}

/**
 * The projects that metadata files make. A pyproject.toml or setup.cfg that only holds settings of tools makes none.
 *
 * @param files relative to the workspace
 */
export function projectRoots(workspace: string, files: readonly string[]): ProjectRoot[] {
  const byRoot = new Map<string, string[]>();
  for (const file of files) {
    const root = posix.dirname(file);
    byRoot.set(root, [...(byRoot.get(root) ?? []), file]);
  }
  const roots = [...byRoot].flatMap(([root, own]) => {
    const declaring = own.filter((file) => declaresProject(join(workspace, file)));
    if (declaring.length === 0) return [];
    return [{ root, files: [...declaring, ...own.filter((file) => !declaring.includes(file))] }];
  });
  return roots.sort((a, b) => (a.root < b.root ? -1 : 1));
}

/** PEP 621, PEP 518, setuptools' declarative configuration: the tables without which a file is about tools alone. */
function declaresProject(path: string): boolean {
  switch (basename(path)) {
    case 'pyproject.toml':
      return /^\s*\[\s*(project|build-system)\s*[\].]/m.test(readIfThere(path) ?? '');
    case 'setup.cfg':
      return /^\[metadata\]/m.test(readIfThere(path) ?? '');
    default:
      return true;
  }
}

async function listedByGit(workspace: string): Promise<string[] | undefined> {
  const patterns = METADATA_FILES.map((name) => `:(glob)**/${name}`);
  try {
    const { stdout } = await run(
      'git',
      ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns],
      { cwd: workspace, maxBuffer: 1 << 28 },
    );
    // A file with a merge conflict is listed once a side, and a deleted one until its deletion is staged.
    return [...new Set(stdout.split('\0'))].filter((path) => path !== '' && existsSync(join(workspace, path)));
  } catch (error) {
    // 128: not in a repository. ENOENT: no git on this machine.
    const code = codeOf(error);
    if (code === 128 || code === 'ENOENT') return undefined;
    throw error;
  }
}

function walk(workspace: string, directory = '.'): string[] {
  return readdirSync(join(workspace, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(directory, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(workspace, path);
    return METADATA_FILES.includes(entry.name) ? [path] : [];
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
