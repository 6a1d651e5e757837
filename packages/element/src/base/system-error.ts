import { errnoOf } from './errno.js';
import { ElementError } from './error.js';

/** Texts for faults of this machine: disks, permissions, limits and paths. */
const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in the system',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'is a directory',
  EIO: 'input/output error',
  ENXIO: 'no such device or address',
  ENODEV: 'no such device',
  EBUSY: 'in use',
  EFBIG: 'file too large',
  ENOMEM: 'out of memory',
  EAGAIN: 'no more processes or memory',
  ESTALE: 'stale file handle',
};

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'change the permissions, or choose another location',
  EPERM: 'change the permissions, or choose another location',
  ENOSPC: 'free some space there, or choose another location',
  EDQUOT: 'free some space there, or choose another location',
  EROFS: 'mount it writable, or choose another location',
  EMFILE: 'raise the limit of open files: `ulimit -n`',
  ENFILE: 'raise the limit of open files of the system: `sysctl fs.file-max`',
};

/** What a system call does, where its name does not say it. */
const VERBS: Readonly<Record<string, string>> = {
  mkdir: 'make',
  mkdtemp: 'make',
  scandir: 'list',
  opendir: 'list',
  lstat: 'look at',
  stat: 'look at',
  fstat: 'look at',
  unlink: 'remove',
  rmdir: 'remove',
  rm: 'remove',
  copyfile: 'copy to',
  ftruncate: 'write',
  symlink: 'make',
};

/** A path with control characters made visible. */
export function shownPath(path: string): string {
  return path.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The text for what a system call failed with, such as `permission denied (EACCES)`, where the machine is at fault. */
export function systemFault(error: unknown): string | undefined {
  const errno = errnoOf(error);
  const text = errno === undefined ? undefined : TEXTS[errno];
  return text === undefined ? undefined : `${text} (${errno})`;
}

/**
 * The user's error that a failed system call is, where the machine or a path is at fault and not this program.
 *
 * @param path what was worked on, where the error may not say it
 * @returns `undefined` for any other error
 */
export function systemError(error: unknown, path?: string): ElementError | undefined {
  if (isNulPath(error)) {
    return new ElementError({
      code: 'SYSTEM',
      message: 'a path contains a NUL character',
      detail: error.message,
      cause: error,
    });
  }
  const errno = errnoOf(error);
  if (errno === undefined) return undefined;
  const { syscall = '', path: own, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  if (errno === 'ENOENT' && syscall.startsWith('spawn ')) {
    return new ElementError({
      code: 'HOST_TOOL',
      message: `the program \`${syscall.slice('spawn '.length)}\` is not on PATH`,
      cause: error,
    });
  }
  // Node's recursive mkdir reports this for a read-only file system, too.
  const unmade =
    errno === 'ENOENT' && syscall === 'mkdir' ? 'the location is read-only, or does not exist (ENOENT)' : undefined;
  const fault = systemFault(error) ?? unmade;
  if (fault === undefined) return undefined;
  const verb = VERBS[syscall] ?? (syscall === '' || syscall.startsWith('spawn') ? 'run' : syscall);
  const at = dest ?? own ?? path;
  return new ElementError({
    code: 'SYSTEM',
    message: `cannot ${verb}${at === undefined ? '' : ` \`${shownPath(at)}\``}: ${fault}`,
    hint: HINTS[errno],
    cause: error,
  });
}

/** Runs `action`; a failed system call in it that names no path is one on `path`. @throws what `action` throws */
export function namingPath<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (errnoOf(error) !== undefined) (error as NodeJS.ErrnoException).path ??= path;
    throw error;
  }
}

/** What Node throws for a path with a NUL character, before any system call. */
function isNulPath(error: unknown): error is Error {
  const coded = typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
  return coded && error.code === 'ERR_INVALID_ARG_VALUE' && String(error.message).includes('null bytes');
}
