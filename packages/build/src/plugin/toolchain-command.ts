import { existsSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';

/** Where npm puts the command in a workspace that has the plugin. */
const INSTALLED = posix.join('node_modules', '@wheelhouse', 'build', 'bin', 'wheelhouse.js');

/** The variable in which a run of Nx finds the digest of the toolchains, where one was made when it began. */
export const TOOLCHAIN_VARIABLE = 'WHEELHOUSE_TOOLCHAIN';

/**
 * The command that prints the digest of the toolchains of a workspace's projects; Nx runs it in the workspace's
 * directory, by a shell. It is one for all projects: Nx runs the same command once a round of hashing, however many tasks
 * it is an input of. Only a project whose version is git's has one of its own.
 *
 * @param workspace absolute path
 * @param project the name of a project whose version is git's
 */
export function toolchainCommand(workspace: string, project?: string): string {
  const own = relative(workspace, resolve(__dirname, '..', '..', 'bin', 'wheelhouse.js'));
  const program = existsSync(join(workspace, INSTALLED)) ? INSTALLED : own;
  const command = ['node', quoted(program), 'toolchain'].join(' ');
  if (project !== undefined) return `${command} ${quoted(project)}`;
  const known = `"$${TOOLCHAIN_VARIABLE}"`;
  return `test -n ${known} && echo ${known} || ${command}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`;
}
