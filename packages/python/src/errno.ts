import { errnoOf } from '@wheelhouse/element';

/** Whether a system call failed because the path leads nowhere. */
export function isAbsent(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
}
