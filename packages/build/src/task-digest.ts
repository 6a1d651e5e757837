import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { canonicalJson, SANDBOX_CONTRACT_VERSION, STAGING_VERSION } from '@wheelhouse/element/internal';
import { baseOf, gitListing, projectFiles, type GitFilesOptions, type GitListing } from '@wheelhouse/python/internal';
import { ejectedFiles, type PythonWorkspace, type WorkspaceProject } from '@wheelhouse/python-stage/internal';
import { hiddenFromNx } from './workspace/metadata-files.js';

/** What a digest of tasks is made from. */
export interface TaskDigestInput {
  readonly workspace: PythonWorkspace;
  readonly projects: readonly WorkspaceProject[];
  /** What stands for the toolchain of each project, in their order. */
  readonly toolchains: readonly string[];
  /** What git says the version of the one project is; of many none is asked for: one's commits are nothing to the others. */
  readonly version?: string | undefined;
}

/**
 * The digest of all that decides what the elements of projects are and that Nx does not hash by itself: the toolchains,
 * the rules and the code they are in, the plugin's options, and of the projects' files what is not their content.
 *
 * @returns `sha256:<hex>`
 */
export async function taskDigest({ workspace, projects, toolchains, version }: TaskDigestInput): Promise<string> {
  const roots = projects.map(({ ref }) => ref.root);
  const shared = projects.flatMap(({ ref }) => ref.settings?.shared ?? []).map(baseOf);
  const places = [...new Set([...roots, ...shared])];
  const { files: sources, nested } = await filesBelow(workspace.directory, places, 'sources');
  const { files: ignored } = await filesBelow(workspace.directory, places, 'ignored');
  const digest = sha256(
    canonicalJson({
      rules: { sandbox: SANDBOX_CONTRACT_VERSION, staging: STAGING_VERSION },
      code: CODE.map(codeDigest),
      projects: projects.map(({ ref }, index) => ({
        root: ref.root,
        toolchain: toolchains[index] ?? '',
        settings: JSON.stringify(ref.settings ?? {}),
      })),
      modes: modesDigest(workspace.directory, sources),
      unseen: await unseenDigest(workspace.directory, sources, [
        ...ignored,
        ...sources.filter((file) => nested.some((directory) => file.startsWith(`${directory}/`))),
        ...unlisted(roots, workspace.directory, sources),
      ]),
      ...(version === undefined ? {} : { version }),
    }),
  );
  return `sha256:${digest}`;
}

/** The packages whose code decides what elements are. */
const CODE: readonly string[] = ['element', 'oci', 'python', 'python-lock', 'python-stage'].map(
  (name) => `@wheelhouse/${name}`,
);

const NOTHING: Pick<GitListing, 'files' | 'nested'> = { files: [], nested: [] };

/**
 * The files of projects and those that are staged with them, relative to the workspace. Git is asked once for all of
 * them but those that are in other repositories.
 */
async function filesBelow(
  workspace: string,
  places: readonly string[],
  which: GitFilesOptions['which'],
): Promise<Pick<GitListing, 'files' | 'nested'>> {
  if (places.length === 0) return NOTHING;
  const elsewhere = places.filter((place) => liesInRepository(workspace, place));
  const here = places.filter((place) => !elsewhere.includes(place));
  const listed = await gitListing(workspace, { which, patterns: here.map((place) => `:(literal)${place}`) });
  const files: string[] = [...(here.length === 0 ? [] : (listed?.files ?? []))];
  const nested = [...(here.length === 0 ? [] : (listed?.nested ?? [])), ...elsewhere];
  // Of the files of other repositories all are looked at.
  if (which === 'ignored') return { files, nested };
  for (const place of listed === undefined ? places : elsewhere) {
    const directory = join(workspace, place);
    if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const file of await projectFiles(directory)) files.push(posix.join(place, file));
  }
  return { files, nested };
}

/** Whether a directory of the workspace belongs to a repository in it. */
function liesInRepository(workspace: string, place: string): boolean {
  for (let at = place; at !== '.'; at = posix.dirname(at)) if (existsSync(join(workspace, at, '.git'))) return true;
  return false;
}

/** The projects' own templates that git ignores: they decide what elements are all the same. */
function unlisted(roots: readonly string[], workspace: string, sources: readonly string[]): string[] {
  const listed = new Set(sources);
  return roots.flatMap((root) => ejectedFiles(root, workspace)).filter((file) => !listed.has(file));
}

/** The version that git gives a project, or why it gives none, which the task itself then says. */
export async function vcsVersion(workspace: PythonWorkspace, project: WorkspaceProject): Promise<string | undefined> {
  if (project.metadata.vcsVersion === undefined) return undefined;
  try {
    return (await workspace.versioned(project)).version ?? '';
  } catch (error) {
    if (error instanceof ElementError) return error.message;
    throw error;
  }
}

/** The digest of a package's code and data, which versions stand for only once it is published. */
function codeDigest(name: string): string {
  const directory = dirname(require.resolve(`${name}/package.json`));
  const hash = createHash('sha256');
  // All code is in `bundle`; `dist` holds, beside what the bundle was made from, the data.
  const files = ['bundle', 'dist']
    .map((part) => join(directory, part))
    .filter((part) => existsSync(part))
    .flatMap((part) => readdirSync(part, { recursive: true, withFileTypes: true }))
    .filter(
      (entry) =>
        entry.isFile() && !/(\.(d\.ts|map|tsbuildinfo|pyc)|dist\/.*\.js)$/.test(join(entry.parentPath, entry.name)),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(`${file.slice(directory.length)}\n${sha256(readFileSync(file))}\n`);
  return hash.digest('hex');
}

/** Nx hashes what is in files, not which of them can be executed or are links. */
function modesDigest(workspace: string, sources: readonly string[]): string {
  const lines = sources.flatMap((path) => {
    const stats = lstatSync(join(workspace, path), { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) return [`${path} -> ${readlinkSync(join(workspace, path))}`];
    return stats !== undefined && (stats.mode & 0o100) !== 0 && stats.isFile() ? [`${path} is executable`] : [];
  });
  return sha256(lines.sort().join('\n'));
}

/** What is in files that are inputs although Nx does not hash them: ignored by git, hidden by `.nxignore`, or in other repositories. */
async function unseenDigest(
  workspace: string,
  sources: readonly string[],
  ignored: readonly string[],
): Promise<string> {
  const hidden = await hiddenFromNx(workspace);
  const unseen = new Set([...ignored, ...sources.filter(hidden)]);
  const lines = [...unseen].sort().flatMap((path) => {
    const stats = lstatSync(join(workspace, path), { throwIfNoEntry: false });
    return stats?.isFile() === true ? [`${path} ${sha256(readFileSync(join(workspace, path)))}`] : [];
  });
  return sha256(lines.join('\n'));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
