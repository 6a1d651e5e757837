import { posix } from 'node:path';

/** A path inside the sandbox in its one form: absolute, without `.`, `..`, doubled or trailing slashes. */
export function guestPath(path: string): string {
  if (!posix.isAbsolute(path)) throw new Error(`\`${path}\` is not an absolute path inside the sandbox`);
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Whether `path` is `directory` or is below it; both in their one form. */
export function isWithin(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

/** Where `path` is below `directory`, without a leading slash; empty for the directory itself. */
export function below(path: string, directory: string): string {
  return directory === '/' ? path.slice(1) : path.slice(directory.length + 1);
}

/** Those of `paths` that are in no other of them, each once. */
export function outermost(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
}
