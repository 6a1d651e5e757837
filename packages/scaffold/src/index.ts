export type { ScaffoldErrorCode } from './errors.js';
