/**
 * What the other packages of Wheelhouse and its tests use besides the index. It is internal: names of it change and go
 * without notice. What plugins may rely on is exported by the index alone.
 */
// With either entry come the error codes that the package declares.
export type { PythonStageErrorCode } from './errors.js';
export { lockedClosure } from './toolchains/debian-closure.js';
export type { LockedPackage, Toolchain } from './toolchains/toolchain.js';
export { readToolchainLock, type ToolchainLock } from './toolchains/toolchain-lock.js';
export { writeToolchainLock } from './toolchains/write-toolchain-lock.js';
export { lockToolchains, type LockedToolchain } from './operations/lock-toolchains.js';
export { describeRoot } from './workspace/root-interpreter.js';
export { distribution, DISTRIBUTION_SERVICES } from './sources/distribution.js';
export { projectFilesKind } from './sources/project-files.js';
export { TEST_RUNNERS, type TestRunner } from './elements/python-test.js';
export { readComposeServices } from './services/compose-file.js';
export type { ComposeService } from './services/compose-service.js';
export {
  EJECTABLE_TEMPLATES,
  ejectedFiles,
  ejectedPath,
  ejectedText,
  readEjected,
  type EjectableTemplate,
} from './plan/ejected-templates.js';
export { BUILD_ROOT } from './plan/build-root.js';
export type { PlannedProject } from './plan/planned-project.js';
export { ProjectPlan } from './plan/project-plan.js';
export { VARIATIONS, type Variation } from './plan/build-variation.js';
export { testRun, type TestOptions } from './plan/test-run.js';
export { planClosure, type Operation, type PlannedClosure } from './workspace/operation.js';
export { requiredProblems, type ProblemProject } from './workspace/problem-project.js';
export { openPlan, outputDirectory, type PythonEngine } from './workspace/python-engine.js';
export { PythonWorkspace } from './workspace/python-workspace.js';
export { projectToolchains, type ProjectToolchain } from './workspace/project-toolchains.js';
export { toolchainIdentities, toolchainIdentity } from './workspace/toolchain-identity.js';
export type { ProjectRef, WorkspaceProject } from './workspace/workspace-project.js';
export { openWorks, type PlannedWork } from './workspace/planned-work.js';
export { buildWheel, planWheel, type WheelOptions, type WheelResult } from './operations/build-wheel.js';
export { fetchSnapshot } from './operations/fetch-snapshot.js';
export { fetchTargetSnapshot } from './operations/fetch-target-snapshot.js';
export { FORMATS, type Format } from './operations/formats.js';
export { makeImage } from './operations/make-image.js';
export { runTests, type TestResult } from './operations/run-tests.js';
export { verifyOutputs } from './operations/verify-outputs.js';
