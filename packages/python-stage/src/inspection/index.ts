export { fileBytes } from './archive.js';
export type { InspectedProject } from './check-project-files.js';
export { compareSdists, compareWheels, type CompareOptions } from './compare-archives.js';
export { formatDifference } from './difference.js';
export { inspectWheel, metadataDifferences } from './inspect-wheel.js';
export { formatFinding } from './wheel-finding.js';
