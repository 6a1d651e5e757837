export type { PythonStageErrorCode } from './errors.js';
