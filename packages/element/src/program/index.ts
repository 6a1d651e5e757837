export { onlyTarget, parseArguments, usage } from './arguments.js';
export type { Command, CommandContext } from './command.js';
export { EXIT, explainFailure, type Failure } from './failure.js';
export { packageVersion } from './package-version.js';
export { dispatch, programHelp, type ErrorOutput, type Program } from './program.js';
export { runProcess } from './run-process.js';
