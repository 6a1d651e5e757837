import { existsSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';

/** Where npm puts the command in a workspace that has the plugin. */
const INSTALLED = posix.join('node_modules', '@wheelhouse', 'build', 'bin', 'wheelhouse.js');

/**
 * The command that prints the digest of the toolchains of a workspace's projects; Nx runs it in the workspace's
 * directory. It is one for all projects: Nx runs the same command once, however many tasks it is an input of. Only a
 * project whose version is git's has one of its own.
 *
 * @param workspace absolute path
 * @param project the name of a project whose version is git's
 */
export function toolchainCommand(workspace: string, project?: string): string {
  const own = relative(workspace, resolve(__dirname, '..', '..', 'bin', 'wheelhouse.js'));
  const program = existsSync(join(workspace, INSTALLED)) ? INSTALLED : own;
  return ['node', quoted(program), 'toolchain', ...(project === undefined ? [] : [quoted(project)])].join(' ');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`;
}
