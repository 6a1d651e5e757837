export { blobBytes, fileBytes, type Archive, type ArchiveMember, type ByteSource } from './archive.js';
export { compareSdists, compareWheels, type CompareOptions } from './compare-archives.js';
export type { BuildPaths } from './content-difference.js';
export { formatDifference, type Difference, type DifferenceReason } from './difference.js';
