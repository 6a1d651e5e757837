/**
 * What the other packages of Wheelhouse and its tests use besides the index. It is internal: names of it change and go
 * without notice. What plugins may rely on is exported by the index alone.
 */
// With either entry come the error codes that the package declares.
export type { PythonLockErrorCode } from './errors.js';
export { hookFailure, type FailedHook } from './hooks/hook-failure.js';
export type { HookRunner, SdistFile } from './hooks/hook-runner.js';
export type { Upgrade } from './resolving/preferences.js';
export { readForeignLock, type ForeignLock } from './locking/foreign-lock.js';
export { lockGroup, type LockInput } from './locking/lock-group.js';
export { lockTools } from './locking/lock-tools.js';
export type { LockMember } from './locking/member-locks.js';
export { publishLocks, type LockChanges, type LockOutcome } from './locking/publication.js';
export { upgradableNames } from './locking/upgradable-names.js';
