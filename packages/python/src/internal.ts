/**
 * What the other packages of Wheelhouse and its tests use besides the index. It is internal: names of it change and go
 * without notice. What plugins may rely on is exported by the index alone.
 */
// With either entry come the error codes that the package declares.
export type { PythonErrorCode } from './errors.js';
export {
  canonicalAddress,
  eggOf,
  expandVariables,
  parseAddress,
  publicAddress,
  type Address,
} from './requirements/address.js';
export { parseFilename } from './requirements/filename.js';
export { platformMarkers, type MarkerEnvironment } from './requirements/marker-environment.js';
export { bothMarkers, evaluateMarker, formatMarker, mayHold, type Marker } from './requirements/marker.js';
export { isValidName, normalizeName } from './requirements/name.js';
export { formatRequirement, parseMarker, parseRequirement, type Requirement } from './requirements/requirement.js';
export { sameSpecifier } from './requirements/same-specifier.js';
export {
  canonicalSpecifier,
  compareVersions,
  isSpecifier,
  isVersion,
  lowerBound,
  normalizeVersion,
  satisfies,
} from './requirements/specifier.js';
export {
  expandTags,
  parseTags,
  parseWheelName,
  readWheelName,
  type TagSets,
  type WheelName,
} from './requirements/wheel-name.js';
export type { GeneratedFiles } from './files/generated-files.js';
export { gitFilesMatching, gitListing, type GitFilesOptions, type GitListing } from './files/git-files.js';
export type { Looks } from './files/looks.js';
export { innerProjects } from './files/inner-projects.js';
export { filesOfManifestIn } from './files/manifest-in.js';
export { baseOf, sharedMatcher } from './files/shared-files.js';
export {
  projectFiles,
  sourceSetMatcher,
  TEST_DIRECTORIES,
  TEST_EXCLUDES,
  TEST_INCLUDES,
  WHEEL_EXCLUDES,
} from './files/source-set.js';
export { stagedFiles, type StagedFilesChoice } from './files/staged-files.js';
export { ignoredFiles, lfsPointers } from './files/unseen-files.js';
export type { FileRequirements } from './metadata/file-requirements.js';
export type { NamedFile } from './metadata/named/named-file.js';
export { everythingRequired, type ProjectMetadata } from './metadata/project-metadata.js';
export {
  errorsOf,
  METADATA_FILES,
  readEachProject,
  readProjects,
  sameNames,
  type ReadOptions,
  type ReadProject,
} from './metadata/read-projects.js';
export type { FileIndexes } from './metadata/requirements-files.js';
export { PRERELEASE_MODES, type LockSettings } from './metadata/settings/lock-settings.js';
export { MACHINE_SETTINGS } from './metadata/settings/machine-setting-table.js';
export { OTHER_SETTINGS, UV_SETTINGS, type SettingRow } from './metadata/settings/setting-table.js';
export {
  chooseInterpreter,
  findPython,
  requestedPython,
  type InterpreterRequest,
} from './interpreter/choose-interpreter.js';
export type { Interpreter } from './interpreter/interpreter.js';
export { asInterpreter, PROBE_SCRIPT, probeInterpreter } from './interpreter/probe-interpreter.js';
export { answers, commandsFor, parsePythonRequest } from './interpreter/python-request.js';
export { targetInterpreter, type Target, type TargetRequest } from './interpreter/target.js';
export { hasTestFiles, testPlaces, type TestPlaces } from './test-files/test-places.js';
export {
  checkBuildCycle,
  localBuildDependencies,
  localClosure,
  localDependencies,
  localRequirements,
  localTestDependencies,
  type ClosureOptions,
  type LocalMember,
  type LocalRequirement,
  type LocalUse,
} from './projects/local-closure.js';
export { localNames, type LocalNames } from './projects/local-names.js';
export { localProject } from './projects/local-project.js';
export { projectRequirements } from './projects/project-requirements.js';
export {
  wheelExcludes,
  withInnerProjects,
  type ProjectSettings,
  type DebianPackagesChoice,
  type ImageChoice,
  type ToolchainChoice,
} from './projects/project-settings.js';
export { buildFloors } from './projects/python-floor.js';
export { wheelFiles, type WheelFiles } from './projects/wheel-files.js';
export {
  inProject,
  projectSubdirectory,
  wheelSourceMatcher,
  type OwnProject,
  type SourcesUse,
} from './projects/wheel-source-set.js';
