export { artifactStoreContract, type StoresUnderTest } from './artifact-store-contract.js';
export { blobStoreContract } from './blob-store-contract.js';
export { inPieces, someBytes, type ContractCase } from './contract-case.js';
export { sandboxContract } from './sandbox-contract.js';
export {
  CASE_ENVIRONMENT,
  entriesOf,
  outputOf,
  runSteps,
  shellStep,
  treeOf,
  type CaseResult,
  type SandboxCase,
  type SandboxSubject,
} from './sandbox-subject.js';
export { openTestProject, type TestProject, type TestProjectOptions } from './test-project.js';
