export {
  chooseDistributions,
  fetchDistributions,
  fetchSdists,
  type DownloadContext,
  type FetchContext,
  type FetchedSdist,
} from '../fetch/fetch-distributions.js';
export type { HookRunner, SdistFile } from './hook-runner.js';
export type { SdistMetadata } from '../metadata/core-metadata.js';
export type { NotKept } from './adoption.js';
export { readForeignLock, type ForeignEntry, type ForeignLock } from './foreign-lock.js';
export { lockGroup, type LockInput, type LockServices } from './lock-group.js';
export type { LockMember } from './member-locks.js';
export { publishLocks, type LockChanges, type LockOutcome } from './publication.js';
export { upgradableNames } from './upgradable-names.js';
export { lockTools } from './lock-tools.js';
export type { UvContext } from './uv.js';
export { questionDigest, type Question } from '../locks/digest.js';
export { formatLock, type UnwrittenLock } from '../locks/format.js';
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
export { withFileIndexes, type FileIndexesContext } from '../tools/file-indexes.js';
export {
  ensureEnvironment,
  ensureTools,
  type Tools,
  type ToolsEnvironment,
  type ToolsOptions,
} from '../tools/ensure-tools.js';
export { UPLOAD_TOOL_REQUIREMENTS, UPLOAD_TOOLS_LOCK } from '../tools/tools-lock.js';
export { type IndexSettings } from '../tools/index-settings.js';
export { parsePipConfig, readIndexSettings, uvEnvironment, withPins } from '../tools/read-index-settings.js';
export {
  NO_MACHINE_SETTINGS,
  readMachineSettings,
  type MachineSettings,
  type PassedOver,
} from '../tools/machine-settings.js';
export { hookFailure, type FailedHook } from '../project/hook-failure.js';
export { withoutLocks } from '../project/missing-locks.js';
export { faultError, faultHint, faultInWords, type FaultKind, type IndexFault } from '../fetch/index-fault.js';
export { localNames, type LocalNames } from './local-names.js';
export { lockedNames, makeLocks, type LockOptions } from '../project/make-locks.js';
