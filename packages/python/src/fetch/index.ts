export {
  ensureEnvironment,
  ensureTools,
  type Tools,
  type ToolsEnvironment,
  type ToolsOptions,
} from '../tools/ensure-tools.js';
export { faultError, faultHint, faultInWords, type FaultKind } from '../tools/index-fault.js';
export { runProgram, withoutCredentials } from '../tools/program.js';
export {
  readToolsLock,
  TOOL_REQUIREMENTS,
  TOOLS_PYTHON,
  UPLOAD_TOOL_REQUIREMENTS,
  UPLOAD_TOOLS_LOCK,
} from '../tools/tools-lock.js';
export { haveIndexes, withFileIndexes } from '../indexes/file-indexes.js';
export { commonIndexes, pinOf } from '../indexes/index-choice.js';
export type { IndexSettings, PinnedIndex } from '../indexes/index-settings.js';
export { machineLines, NO_MACHINE_SETTINGS, type MachineSettings } from '../indexes/machine-settings.js';
export { parsePipConfig, readIndexSettings, uvEnvironment, withPins } from '../indexes/read-index-settings.js';
export type { DistributionFile, DistributionRequest, IndexOffer } from './distribution-file.js';
export {
  askHashes,
  askOffers,
  chooseDistributions,
  fetchAddress,
  fetchDistributions,
  fetchSdists,
  type DownloadContext,
  type FetchContext,
  type FetchedSdist,
} from './fetch-distributions.js';
export { fetchForProjects } from './fetch-for-projects.js';
export { mismatch } from './mismatch.js';
export { hashFile, snapshotFiles, type SnapshotFile } from './snapshot-files.js';
