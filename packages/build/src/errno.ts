/** The `code` of an error of Node's, such as `ENOENT`, or the exit code of a program; `undefined` for any other. */
export function codeOf(error: unknown): unknown {
  // By its shape: the error may come from another realm than this module's `Error`.
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
