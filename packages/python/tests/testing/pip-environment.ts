import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CACHE = join(__dirname, '..', '..', '..', '..', 'node_modules', '.cache', 'wheelhouse-tests', 'pip');

/**
 * A directory to import pinned distributions from, installed once and kept between runs.
 *
 * @param requirements of the form `name==version`, whatever they require among them
 */
export function installed(...requirements: readonly string[]): string {
  const directory = join(CACHE, requirements.join(' '));
  if (existsSync(directory)) return directory;
  mkdirSync(dirname(directory), { recursive: true });
  const temporary = mkdtempSync(join(CACHE, '.new-'));
  const words = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary',
    ':all:',
  ];
  execFileSync('python3', [...words, '--target', temporary, ...requirements], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    renameSync(temporary, directory);
  } catch (error) {
    // Another test file was quicker.
    rmSync(temporary, { recursive: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}
