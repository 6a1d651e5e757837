import { execFile } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** So many paths are named to one program: all fit into its arguments. */
const PATHS_PER_PROGRAM = 200;

/**
 * Makes what an overlay takes for the absence of an entry: a character device of the numbers 0 and 0, which ordinary users
 * may make since Linux 5.8. Node cannot, so mknod(1) does.
 *
 * @param directory absolute path of a layer
 * @param paths relative to it; the directory of each is there
 * @param mtime seconds since 1970, which the directories that they are made in get
 * @returns whether the machine lets this user make them
 */
export async function makeWhiteouts(directory: string, paths: readonly string[], mtime: number): Promise<boolean> {
  for (let at = 0; at < paths.length; at += PATHS_PER_PROGRAM) {
    if (!(await makeAll(directory, paths.slice(at, at + PATHS_PER_PROGRAM)))) return false;
  }
  for (const parent of new Set(paths.map((path) => dirname(join(directory, path))))) utimesSync(parent, mtime, mtime);
  return true;
}

async function makeAll(directory: string, paths: readonly string[]): Promise<boolean> {
  const script = 'for path; do mknod "./$path" c 0 0 || exit; done';
  return await new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', script, 'sh', ...paths],
      { cwd: directory, env: { ...process.env, LC_ALL: 'C' } },
      (error) => {
        resolve(error === null);
      },
    );
  });
}
