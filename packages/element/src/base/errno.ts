/** The name of the system error (`ENOENT`, ...) that `error` reports, if it is one. */
export function errnoOf(error: unknown): string | undefined {
  // By its shape, not its class: a program may have several realms, each with an `Error` of its own.
  const isCoded = typeof error === 'object' && error !== null && 'errno' in error && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether `error` says that there is nothing at a path, or that a part of the path is not a directory. */
export function isAbsent(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}
