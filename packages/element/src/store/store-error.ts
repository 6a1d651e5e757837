import { errnoOf } from '../base/errno.js';
import { ElementError } from '../base/error.js';
import { systemFault } from '../base/system-error.js';

const SPACE = 'free some space, or choose another directory with WHEELHOUSE_CACHE_DIR';
const OWNER = 'change the owner of the directory, or choose another one with WHEELHOUSE_CACHE_DIR';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  EACCES: OWNER,
  EPERM: OWNER,
  EROFS: 'choose a writable directory with WHEELHOUSE_CACHE_DIR',
  ENOTDIR: 'choose a directory with WHEELHOUSE_CACHE_DIR',
};

/**
 * Turns the error of a system call on the store into a user's error if a user can fix the cause (a full disk, a
 * directory of another user). Any other error is returned as it is.
 */
export function storeError(error: unknown, doing: string, path: string): unknown {
  const fault = systemFault(error);
  if (fault === undefined) return error;
  const hint = hints[errnoOf(error) ?? ''];
  return new ElementError({ code: 'STORE', message: `cannot ${doing} \`${path}\`: ${fault}`, hint, cause: error });
}
