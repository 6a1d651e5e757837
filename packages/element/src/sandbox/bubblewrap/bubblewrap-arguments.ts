import { SANDBOX_GID, SANDBOX_HOSTNAME, SANDBOX_UID } from '../contract.js';
import type { Action } from '../../plugin/ports.js';
import type { Mount, RootPlan } from '../root-plan.js';

/** The file descriptor on which bubblewrap reports which process it made and how that ended. Not inherited inside. */
export const JSON_STATUS_FD = 3;

/** The file descriptor from which bubblewrap reads its arguments, so that no path of this machine shows in `/proc`. */
export const ARGUMENTS_FD = 4;

/**
 * Parts of procfs by which uid 0 could change the machine. bubblewrap covers some of them by itself, but takes
 * `/proc/sys` for safe when its directory cannot be written; the files in it belong to uid 0, and root outside
 * could write them without any capability.
 */
const PROC_READ_ONLY = ['/proc/sys', '/proc/asound', '/proc/fs', '/proc/mtrr'];

/** The file descriptor from which bubblewrap has to read a byte before it starts anything. */
export const START_FD = 5;

/** What the arguments are made from. */
export interface BubblewrapOptions {
  readonly plan: RootPlan;
  /** Absolute path of the directory that becomes `/`. */
  readonly root: string;
  /** Absolute paths of what commands may write, in the order of the plan's writable parts. */
  readonly writable: readonly string[];
  /** Whether to wait for {@link START_FD}. */
  readonly waits: boolean;
  /** Absolute paths of an empty directory and an empty file, which hide what they are laid over. */
  readonly emptyDirectory: string;
  readonly emptyFile: string;
  /** The ids commands run under. */
  readonly ids: Action['ids'];
  /** The environment of the program that is started, by whose `PATH` it is found. */
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/**
 * The options, read from {@link ARGUMENTS_FD}, that make bubblewrap keep the sandbox contract. A user namespace is
 * always made, so that nothing differs between root and an ordinary user: outside, commands always run as the user who
 * started them.
 */
export function bubblewrapArguments(options: BubblewrapOptions): string[] {
  const { plan, ids = { uid: SANDBOX_UID, gid: SANDBOX_GID } } = options;
  const whole = plan.writable[0]?.path === '/';
  return [
    ...['--unshare-user', '--uid', String(ids.uid), '--gid', String(ids.gid)],
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--hostname', SANDBOX_HOSTNAME, '--cap-drop', 'ALL', '--die-with-parent', '--new-session', '--clearenv'],
    ...options.environment.flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--json-status-fd', String(JSON_STATUS_FD)],
    ...(options.waits ? ['--block-fd', String(START_FD)] : []),
    ...[whole ? '--bind' : '--ro-bind', options.root, '/'],
    ...plan.mounts.flatMap((mount) => mountArguments(mount, options)),
    ...plan.links.flatMap(({ path, target }) => ['--symlink', target, path]),
    ...['--chdir', '/'],
  ];
}

function mountArguments({ type, path }: Mount, options: BubblewrapOptions): string[] {
  switch (type) {
    case 'proc':
      return ['--proc', path, ...PROC_READ_ONLY.flatMap((part) => ['--ro-bind-try', part, part])];
    case 'dev':
      return ['--dev', path];
    case 'tmpfs':
      return ['--perms', '1777', '--tmpfs', path];
    case 'shm':
      return ['--tmpfs', path, '--remount-ro', path];
    case 'host':
      return ['--ro-bind', path, path];
    case 'mask-directory':
      return ['--ro-bind', options.emptyDirectory, path];
    case 'mask-file':
      return ['--ro-bind', options.emptyFile, path];
    case 'writable': {
      const copy = options.writable[options.plan.writable.findIndex((part) => part.path === path)];
      if (copy === undefined) throw new Error(`no copy was made of \`${path}\``);
      return ['--bind', copy, path];
    }
  }
}
