export {
  chooseDistributions,
  fetchDistributions,
  fetchSdists,
  type DownloadContext,
  type FetchContext,
  type FetchedSdist,
} from '../fetch/fetch-distributions.js';
export type { HookRunner, SdistFile, SdistMetadata } from './hook-runner.js';
export { lockGroup, type LockInput, type LockMember, type LockServices } from './lock-group.js';
export { publishLocks, type LockChanges, type LockOutcome } from './publication.js';
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
export { ensureTools, type Tools, type ToolsOptions } from '../tools/ensure-tools.js';
export {
  parsePipConfig,
  readIndexSettings,
  uvEnvironment,
  withPins,
  withUvVariables,
  type IndexSettings,
} from '../tools/index-settings.js';
export { makeLocks, resolveLocks, type LockOptions } from '../project/make-locks.js';
