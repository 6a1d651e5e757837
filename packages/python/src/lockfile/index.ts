export { allowedHashes } from './allowed-hashes.js';
export { wrong } from './check-entries.js';
export { crateFilename, usesCargo, type Crate } from './crate.js';
export { questionDigest, type Question } from './digest.js';
export { formatLock } from './format.js';
export { checkLocks, requirementLines, type ProjectRequirements } from './freshness.js';
export {
  isBuilt,
  sdistKey,
  type Lock,
  type LockEntry,
  type LockKind,
  type ProjectLocks,
  type VendoredFile,
} from './lock.js';
export { checkNoBinary } from './no-binary.js';
export { overridden, OVERRIDES, overridesOf, type Overrides } from './overrides.js';
export { parseEntries, parseLock, plainText } from './parse.js';
export { locksDirectory, readLocks, type LockPlace } from './read-locks.js';
export { withNames } from './requirement-names.js';
export { select } from './selection.js';
export {
  checkVendored,
  entryOf,
  hashOf,
  pathInWorkspace,
  treeDigest,
  vendorDirectory,
  vendoredTrees,
} from './vendored-files.js';
