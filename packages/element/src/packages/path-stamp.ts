import { lstatSync } from 'node:fs';

/** What the kernel says of a file or directory that changes when it is replaced or written to; empty where there is none. */
export function stampOf(path: string): string {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.size}:${stats.mtimeNs}:${stats.ino}`;
}
