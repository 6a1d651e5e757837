import { errnoOf } from '../load/errno.js';
import { ElementError } from '../load/error.js';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or name another directory by WHEELHOUSE_CACHE_DIR',
  EDQUOT: 'free some space, or name another directory by WHEELHOUSE_CACHE_DIR',
  EACCES: 'make the directory yours, or name another by WHEELHOUSE_CACHE_DIR',
  EPERM: 'make the directory yours, or name another by WHEELHOUSE_CACHE_DIR',
  EROFS: 'name a directory that can be written to by WHEELHOUSE_CACHE_DIR',
  ENOTDIR: 'name a directory by WHEELHOUSE_CACHE_DIR',
};

/**
 * The error of a system call on the store, said to a person where a person can mend it (a full disk, a directory of
 * somebody else), and any other error as it is.
 */
export function storeError(error: unknown, doing: string, path: string): unknown {
  const errno = errnoOf(error);
  const hint = errno === undefined ? undefined : hints[errno];
  if (errno === undefined || hint === undefined) return error;
  return new ElementError({ code: 'STORE', message: `cannot ${doing} \`${path}\`: ${errno}`, hint, cause: error });
}
