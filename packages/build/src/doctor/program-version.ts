import { execFile } from 'node:child_process';
import { ElementError, getHostTool } from '@wheelhouse/element';

/**
 * The first line of what a program says of its version, by running it.
 *
 * @param environment its `PATH` lists the directories to look in
 * @param args what makes it say its version
 * @returns `undefined` if there is no such program or it does not run
 */
export async function versionOf(
  name: string,
  environment: NodeJS.ProcessEnv,
  args: readonly string[] = ['--version'],
): Promise<string | undefined> {
  let program: string;
  try {
    program = getHostTool(name, environment.PATH ?? '');
  } catch (error) {
    if (error instanceof ElementError) return undefined;
    throw error;
  }
  return await new Promise((resolve) => {
    const env = { ...environment, LC_ALL: 'C' };
    execFile(program, args, { env, timeout: 10_000 }, (error, stdout) => {
      resolve(error === null ? stdout.split('\n')[0] : undefined);
    });
  });
}
