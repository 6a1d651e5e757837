import { existsSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';

/** Where npm puts the command in a workspace that has the plugin. */
const INSTALLED = posix.join('node_modules', '@wheelhouse', 'build', 'bin', 'wheelhouse.js');

/**
 * The command that prints the digest of a project's toolchain; Nx runs it in the workspace's directory.
 *
 * @param workspace absolute path
 * @param project the project's name
 */
export function toolchainCommand(workspace: string, project: string): string {
  const own = relative(workspace, resolve(__dirname, '..', '..', 'bin', 'wheelhouse.js'));
  const program = existsSync(join(workspace, INSTALLED)) ? INSTALLED : own;
  return `node ${quoted(program)} toolchain ${quoted(project)}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`;
}
