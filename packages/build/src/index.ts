export type { BuildErrorCode } from './errors.js';
export { createDependencies } from './plugin/create-dependencies.js';
export { createNodes, createNodesV2 } from './plugin/create-nodes.js';
export { preTasksExecution } from './plugin/pre-tasks-execution.js';
export { PLUGIN as name } from './workspace/nx-json.js';
