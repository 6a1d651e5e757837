export type { ReleaseImageOptions } from './image-options.js';
