import { execFile } from 'node:child_process';
import { ElementError, getHostTool } from '@wheelhouse/element';

/**
 * The first line of what a program says of its version, by running it.
 *
 * @param path the directories to look in, as `PATH` lists them
 * @returns `undefined` where there is no such program or it does not run
 */
export async function versionOf(name: string, path: string): Promise<string | undefined> {
  let program: string;
  try {
    program = getHostTool(name, path);
  } catch (error) {
    if (error instanceof ElementError) return undefined;
    throw error;
  }
  return await new Promise((resolve) => {
    execFile(program, ['--version'], { env: { PATH: path, LC_ALL: 'C' }, timeout: 10_000 }, (error, stdout) => {
      resolve(error === null ? stdout.split('\n')[0] : undefined);
    });
  });
}
