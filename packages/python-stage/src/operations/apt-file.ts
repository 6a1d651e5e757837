import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How long its index may be searched, in milliseconds. */
const TIMEOUT = 30_000;

/**
 * Searches the index of apt-file(1), which knows the files of packages that are not installed.
 *
 * @returns `undefined` if it is not installed; the function that it returns finds nothing if there is no index
 */
export function aptFile(
  environment: NodeJS.ProcessEnv,
): ((endings: readonly string[]) => Promise<readonly string[]>) | undefined {
  const program = (environment.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'apt-file'))
    .find((path) => existsSync(path));
  if (program === undefined) return undefined;
  return async (endings) => {
    const pattern = `(${endings.map((ending) => ending.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')})$`;
    try {
      const args = ['--regexp', '--package-only', 'search', pattern];
      const { stdout } = await run(program, args, { timeout: TIMEOUT, maxBuffer: 1 << 24, env: environment });
      return stdout.split('\n').filter((line) => /^[\w.+-]+$/.test(line));
    } catch {
      // Nothing was found, or there is no index: a hint is not worth an error.
      return [];
    }
  };
}
