export {
  chooseDistributions,
  fetchDistributions,
  fetchSdists,
  type DownloadContext,
  type FetchContext,
  type FetchedSdist,
} from '../fetch/fetch-distributions.js';
export type { HookRunner, SdistFile } from '../hooks/hook-runner.js';
export type { SdistMetadata } from '../metadata/core-metadata.js';
export type { NotKept } from '../locking/adoption.js';
export { readForeignLock, type ForeignEntry, type ForeignLock } from '../locking/foreign-lock.js';
export { lockGroup, type LockInput, type LockServices } from '../locking/lock-group.js';
export type { LockMember } from '../locking/member-locks.js';
export { publishLocks, type LockChanges, type LockOutcome } from '../locking/publication.js';
export { upgradableNames } from '../locking/upgradable-names.js';
export { lockTools } from '../locking/lock-tools.js';
export type { UvContext } from '../resolving/uv.js';
export { questionDigest, type Question } from '../lockfile/digest.js';
export { formatLock, type UnwrittenLock } from '../lockfile/format.js';
export {
  canonicalAddress,
  eggOf,
  expandVariables,
  parseAddress,
  publicAddress,
  type Address,
} from '../requirements/address.js';
export { parseMetadata } from '../metadata/core-metadata.js';
export { targetInterpreter, type Target } from '../interpreter/target.js';
export { withFileIndexes, type FileIndexesContext } from '../indexes/file-indexes.js';
export {
  ensureEnvironment,
  ensureTools,
  type Tools,
  type ToolsEnvironment,
  type ToolsOptions,
} from '../tools/ensure-tools.js';
export { UPLOAD_TOOL_REQUIREMENTS, UPLOAD_TOOLS_LOCK } from '../tools/tools-lock.js';
export { type IndexSettings } from '../indexes/index-settings.js';
export { parsePipConfig, readIndexSettings, uvEnvironment, withPins } from '../indexes/read-index-settings.js';
export {
  NO_MACHINE_SETTINGS,
  readMachineSettings,
  type MachineSettings,
  type PassedOver,
} from '../indexes/machine-settings.js';
export { hookFailure, type FailedHook } from '../hooks/hook-failure.js';
export { withoutLocks } from './missing-locks.js';
export { faultError, faultHint, faultInWords, type FaultKind, type IndexFault } from '../tools/index-fault.js';
export { localNames, type LocalNames } from '../projects/local-names.js';
export { lockedNames, makeLocks, type LockOptions } from './make-locks.js';
