import { spawnSync } from 'node:child_process';

/** `$1` is the directory. What is left after the files is quick. */
const SCRIPT = `
if [ -d "$1" ]; then find "$1" -xdev -type f -print0 | xargs -0 -r -P 8 -n 200 rm -f; fi
exec rm -rf "$1"
`;

/**
 * Removes a directory, if there is one, and all in it. A file system that is mounted with `discard` waits for the disk at
 * each file: 4000 files take 12 s one after the other, and 1 s by several at a time.
 */
export function removeTree(directory: string): void {
  const { status, stderr } = spawnSync('sh', ['-c', SCRIPT, 'sh', directory], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`\`${directory}\` could not be removed: ${stderr}`);
}
