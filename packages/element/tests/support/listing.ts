import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@wheelhouse/element/internal';

/** What is at a path: type, mode, content or target, by relative path; `.` is the directory itself. */
export function listing(root: string): Record<string, string> {
  const entries: Record<string, string> = {};
  const visit = (relative: string): void => {
    const path = join(root, relative);
    const status = lstatSync(path);
    const mode = (status.mode & 0o7777).toString(8);
    if (status.isSymbolicLink()) entries[relative] = `link ${readlinkSync(path)}`;
    else if (status.isFile()) entries[relative] = `file ${mode} ${digestOf(readFileSync(path)).hash}`;
    else {
      entries[relative] = `directory ${mode}`;
      for (const name of readdirSync(path)) visit(join(relative, name));
    }
  };
  visit('.');
  return entries;
}

/** The times of everything at a path, in seconds. */
export function times(root: string): Set<number> {
  return new Set(Object.keys(listing(root)).map((path) => Math.floor(lstatSync(join(root, path)).mtimeMs / 1000)));
}
