export type { PythonErrorCode } from './errors.js';
export { type ChosenFile, type DistributionFile, type DistributionRequest } from './fetch/distribution-file.js';
export { parseFilename, type DistributionFormat, type ParsedFilename } from './requirements/filename.js';
export type { PythonEnvironment } from './interpreter/candidates.js';
export { chooseInterpreter, findPython, type InterpreterRequest } from './interpreter/choose-interpreter.js';
export { formatDifference, type Difference } from './inspection/difference.js';
export { formatFinding, type WheelFinding } from './inspection/wheel-finding.js';
export type { Interpreter } from './interpreter/interpreter.js';
export type { TargetRequest } from './interpreter/target.js';
export { probeInterpreter } from './interpreter/probe-interpreter.js';
export { parsePythonRequest, type PythonRequest } from './interpreter/python-request.js';
export { localProject } from './projects/local-project.js';
export {
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
export { projectRequirements, type RequirementsOptions } from './projects/project-requirements.js';
export { checkLocks, requirementLines, type ProjectRequirements } from './lockfile/freshness.js';
export { PRERELEASE_MODES, type LockSettings, type PrereleaseMode } from './metadata/settings/lock-settings.js';
export {
  isBuilt,
  sdistKey,
  type Lock,
  type LockEntry,
  type LockKind,
  type ProjectLocks,
  type VendoredFile,
} from './lockfile/lock.js';
export { checkNoBinary } from './lockfile/no-binary.js';
export { overridesOf, type Overrides } from './lockfile/overrides.js';
export { parseLock } from './lockfile/parse.js';
export { locksDirectory, readLocks, type LockedProject, type LockPlace } from './lockfile/read-locks.js';
export { select } from './lockfile/selection.js';
export { everythingRequired, type ProjectMetadata } from './metadata/project-metadata.js';
export { type NamedFile } from './metadata/named/named-file.js';
export { type BuildSystem } from './metadata/build-system.js';
export type { FileRequirements } from './metadata/file-requirements.js';
export type { FileIndexes } from './metadata/requirements-files.js';
export type { RequirementsSettings } from './metadata/requirements-settings.js';
export { MACHINE_SETTINGS, type MachineRow, type MachineTreatment } from './metadata/settings/machine-setting-table.js';
export { OTHER_SETTINGS, UV_SETTINGS, type SettingRow, type Treatment } from './metadata/settings/setting-table.js';
export type { RequirementSource, ResolutionSettings } from './metadata/settings/resolution-settings.js';
export {
  errorsOf,
  METADATA_FILES,
  readEachProject,
  readProjects,
  sameNames,
  type ReadOptions,
  type ReadProject,
} from './metadata/read-projects.js';
export {
  bothMarkers,
  evaluateMarker,
  formatMarker,
  mayHold,
  type Marker,
  type MarkerOperand,
  type MarkerOperator,
} from './requirements/marker.js';
export { platformMarkers, type MarkerEnvironment } from './requirements/marker-environment.js';
export { isValidName, normalizeName } from './requirements/name.js';
export { formatRequirement, parseMarker, parseRequirement, type Requirement } from './requirements/requirement.js';
export {
  canonicalSpecifier,
  compareVersions,
  isSpecifier,
  isVersion,
  lowerBound,
  satisfies,
} from './requirements/specifier.js';
export {
  distribution,
  DISTRIBUTION_SERVICES,
  DistributionSource,
  type DistributionServices,
} from './sources/distribution.js';
export { projectFilesKind } from './sources/project-files.js';
export type { PinnedIndex } from './indexes/index-settings.js';
export { type IndexSettings } from './indexes/index-settings.js';
export { readIndexSettings } from './indexes/read-index-settings.js';
export { checkVendored, pathInWorkspace, vendorDirectory, vendoredTrees } from './lockfile/vendored-files.js';
export { readToolsLock, TOOLS_LOCK } from './tools/tools-lock.js';
export { buildWheel, type WheelOptions, type WheelResult } from './operations/build-wheel.js';
export { FORMATS, type Format } from './operations/formats.js';
export { fetchSnapshot, type SnapshotResult } from './operations/fetch-snapshot.js';
export { fetchTargetSnapshot } from './operations/fetch-target-snapshot.js';
export { makeImage } from './operations/make-image.js';
export type { ReleaseImageOptions } from './image/image-options.js';
export type { FileDigest, Manifest, TestRecord, ToolchainFacts } from './wheelhouse/manifest.js';
export { planClosure, type Operation, type PlannedClosure } from './workspace/operation.js';
export {
  EJECTABLE_TEMPLATES,
  EJECTED_DIRECTORY,
  ejectedFiles,
  ejectedPath,
  ejectedText,
  readEjected,
  type EjectableTemplate,
  type EjectedTemplate,
  type EjectedTemplates,
} from './plan/ejected-templates.js';
export { type PlannedProject } from './plan/planned-project.js';
export { withInnerProjects, type ProjectSettings } from './projects/project-settings.js';
export { ProjectPlan } from './plan/project-plan.js';
export { wheelFiles, type WheelFiles } from './projects/wheel-files.js';
export { openPlan, outputDirectory, type PythonEngine } from './workspace/python-engine.js';
export { requiredProblems, type ProblemProject } from './workspace/problem-project.js';
export { PythonWorkspace, type PythonWorkspaceOptions } from './workspace/python-workspace.js';
export type { ProjectRef, WorkspaceProject } from './workspace/workspace-project.js';
export type { FailedTest, TestReport } from './reports/junit.js';
export { runTests, type TestResult } from './operations/run-tests.js';
export type { WrittenFiles } from './operations/test-files.js';
export { testRun, type TestOptions, type TestRun } from './plan/test-run.js';
export { TEST_RUNNERS, type TestRunner } from './elements/python-test.js';
export { VARIATIONS, type Variation } from './plan/surroundings.js';
export { toolchainIdentities, toolchainIdentity } from './workspace/toolchain-identity.js';
export type { DifferingFile } from './operations/verify-build.js';
export { verifyOutputs, type Finding, type Verification } from './operations/verify-outputs.js';
export {
  projectFiles,
  sourceSetMatcher,
  TEST_EXCLUDES,
  TEST_INCLUDES,
  WHEEL_EXCLUDES,
  type SourceSet,
} from './files/source-set.js';
export type { GeneratedFiles } from './files/generated-files.js';
export { gitFilesMatching, gitListing, type GitFilesOptions, type GitListing } from './files/git-files.js';
export { baseOf } from './files/shared-files.js';
export { innerProjects } from './files/inner-projects.js';
export { hasTestFiles, testPlaces, type TestPlaces, type TestProject } from './test-files/test-places.js';
export { isWheelhouse } from './wheelhouse/layout.js';
