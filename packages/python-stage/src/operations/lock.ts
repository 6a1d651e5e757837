export { lockedNames, makeLocks, type LockOptions } from './make-locks.js';
export { withoutLocks } from './missing-locks.js';
