export { blobBytes, fileBytes, type Archive, type ArchiveMember, type ByteSource } from './archive.js';
export { compareSdists, compareWheels, type CompareOptions } from './compare-archives.js';
export type { BuildPaths } from './content-difference.js';
export { formatDifference, type Difference, type DifferenceReason } from './difference.js';
export type { InspectedProject } from './check-project-files.js';
export type { MetadataDifference, ReadProject } from './compare-metadata.js';
export { inspectWheel, metadataDifferences } from './inspect-wheel.js';
export { filesOfManifestIn } from '../files/manifest-in.js';
export { formatFinding, type WheelFinding } from './wheel-finding.js';
