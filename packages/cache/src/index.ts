export type { CacheErrorCode } from './errors.js';
export { createNodes, createNodesV2 } from './plugin/keep-worker.js';
export { postTasksExecution, preTasksExecution } from './plugin/hooks.js';
