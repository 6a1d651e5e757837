import { execFileSync } from 'node:child_process';
import { typescript } from './process.js';

const SCRIPT = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"';

/**
 * Runs a program of this directory with a small file system at a directory, which is its argument too. Nobody else sees
 * that file system.
 *
 * @param size as `mount` takes it, such as `4m`
 * @returns the JSON that the program writes
 */
export function runOnSmallDisk(file: string, directory: string, size: string): unknown {
  const output = execFileSync(
    'unshare',
    [
      ...['--user', '--map-root-user', '--mount', 'sh', '-c', SCRIPT, 'sh'],
      ...[size, directory, ...typescript(file, directory)],
    ],
    { encoding: 'utf8' },
  );
  return JSON.parse(output);
}
