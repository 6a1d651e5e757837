export type { OciErrorCode } from './errors.js';
