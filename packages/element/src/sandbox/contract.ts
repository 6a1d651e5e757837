import { TREE_MTIME } from '../store/kept-trees.js';

/**
 * What every command of every sandbox can see and rely on, apart from its action. Part of each element's key: a change of
 * anything in this folder that a command could notice raises the version.
 *
 * Follows what BuildStream 2.8 asks of its sandbox: own pid, net, uts, ipc, cgroup and user namespaces, uid and gid 0
 * without any capability, no controlling terminal, no variable of this machine's environment, `/proc`, an empty `/tmp`,
 * a minimal `/dev`, a read-only root but for the action's writable directories, and a loopback interface alone.
 */
export const SANDBOX_CONTRACT_VERSION = 2;

/** The ids commands run under. */
export const SANDBOX_UID = 0;
export const SANDBOX_GID = 0;

/** The umask commands start with. */
export const SANDBOX_UMASK = 0o022;

/** The host name commands see. */
export const SANDBOX_HOSTNAME = 'wheelhouse';

/** The time of every file, directory and link a sandbox lays out: 2011-11-11 11:11:11 UTC, in seconds since 1970. */
export const SANDBOX_MTIME: number = TREE_MTIME;

/**
 * Files that the name services need, by their absolute paths. Each is there only if the root has none of its own.
 * Ids that are not mapped into the sandbox show as 65534.
 */
export const SANDBOX_FILES: Readonly<Record<string, string>> = {
  '/etc/passwd': ['root:x:0:0:root:/tmp:/bin/sh', 'nobody:x:65534:65534:nobody:/nonexistent:/bin/false', ''].join('\n'),
  '/etc/group': ['root:x:0:', 'nogroup:x:65534:', ''].join('\n'),
  '/etc/hosts': ['127.0.0.1 localhost', `127.0.1.1 ${SANDBOX_HOSTNAME}`, '::1 localhost', ''].join('\n'),
  '/etc/nsswitch.conf': ['passwd: files', 'group: files', 'shadow: files', 'hosts: files', ''].join('\n'),
};
