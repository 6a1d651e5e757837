/**
 * What the other packages of Wheelhouse and its tests use besides the index. It is internal: names of it change and go
 * without notice. What plugins may rely on is exported by the index alone.
 */
// With either entry come the error codes that the package declares.
export type { BuildErrorCode } from './errors.js';
export { parsePluginOptions, type PluginOptions } from './workspace/plugin-options.js';
export { TARGETS, type KnownTarget, type TargetOption } from './workspace/target-options.js';
export { JsonReporter } from './reporter/json-reporter.js';
export type { LogPlace } from './reporter/log-place.js';
export type { BuildCounts, Reporter } from './reporter/reporter.js';
export { TerminalReporter, type TerminalReporterOptions } from './reporter/terminal-reporter.js';
export { Sights, type Sight, type SightRecord } from './inference/sights.js';
export { findProjects, type FoundProject } from './workspace/discovery.js';
export type { ProjectRoot } from './workspace/metadata-files.js';
