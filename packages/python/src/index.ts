export type { PythonErrorCode } from './errors.js';
