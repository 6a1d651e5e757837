export type { PythonLockErrorCode } from './errors.js';
