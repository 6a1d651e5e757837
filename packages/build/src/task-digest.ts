import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { canonicalJson, ElementError, SANDBOX_CONTRACT_VERSION, STAGING_VERSION } from '@wheelhouse/element';
import { gitFiles, projectFiles, type Operation } from '@wheelhouse/python';
import { hiddenFromNx } from './workspace/metadata-files.js';

/**
 * The digest of all that decides what a project's elements are and that Nx does not hash by itself: the toolchain, the
 * rules and the code they are in, the plugin's options, and of the project's files what is not their content.
 *
 * @param toolchain the toolchain's own digest
 * @returns `sha256:<hex>`
 */
export async function taskDigest({ workspace, project }: Operation, toolchain: string): Promise<string> {
  const digest = sha256(
    canonicalJson({
      toolchain,
      rules: { sandbox: SANDBOX_CONTRACT_VERSION, staging: STAGING_VERSION },
      code: ['@wheelhouse/element', '@wheelhouse/python'].map(codeDigest),
      settings: JSON.stringify(project.ref.settings ?? {}),
      version: await vcsVersion({ workspace, project }),
      modes: await modesDigest(workspace.directoryOf(project)),
      unseen: await unseenDigest(workspace.directory, project.ref.root),
    }),
  );
  return `sha256:${digest}`;
}

/** The version that git gives a project, or why it gives none, which the task itself then says. */
async function vcsVersion({ workspace, project }: Pick<Operation, 'workspace' | 'project'>): Promise<string> {
  if (project.metadata.vcsVersion === undefined) return '';
  try {
    return (await workspace.versioned(project)).version ?? '';
  } catch (error) {
    if (error instanceof ElementError) return error.message;
    throw error;
  }
}

/** The digest of a package's code and data, which versions stand for only once it is published. */
function codeDigest(name: string): string {
  const directory = dirname(require.resolve(name));
  const hash = createHash('sha256');
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(d\.ts|map|tsbuildinfo|pyc)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(`${file.slice(directory.length)}\n${sha256(readFileSync(file))}\n`);
  return hash.digest('hex');
}

/** Nx hashes what is in files, not which of them can be executed or are links. */
async function modesDigest(directory: string): Promise<string> {
  const lines = (await projectFiles(directory)).flatMap((path) => {
    const stats = lstatSync(join(directory, path), { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) return [`${path} -> ${readlinkSync(join(directory, path))}`];
    return stats !== undefined && (stats.mode & 0o100) !== 0 && stats.isFile() ? [`${path} is executable`] : [];
  });
  return sha256(lines.sort().join('\n'));
}

/** What is in files that are sources although Nx does not hash them: tracked but ignored, or hidden by `.nxignore`. */
async function unseenDigest(workspace: string, root: string): Promise<string> {
  const directory = join(workspace, root);
  const hidden = await hiddenFromNx(workspace);
  const unseen = new Set(await gitFiles(directory, { which: 'ignored' }));
  for (const path of await projectFiles(directory)) if (hidden(posix.join(root, path))) unseen.add(path);
  const lines = [...unseen].sort().flatMap((path) => {
    const stats = lstatSync(join(directory, path), { throwIfNoEntry: false });
    return stats?.isFile() === true ? [`${path} ${sha256(readFileSync(join(directory, path)))}`] : [];
  });
  return sha256(lines.join('\n'));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
