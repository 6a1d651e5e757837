export { closureOf, type Closure, type Dependent, type Unmet } from './closure.js';
export type { WheelhouseFinding } from './findings.js';
export { PROVENANCE, REQUIREMENTS, SBOM } from './layout.js';
export {
  BUILD_TYPE,
  BUILDER,
  PROVENANCE_TYPE,
  provenanceOf,
  withSbom,
  type Provenance,
  type ProvenanceInput,
  type WheelOrigin,
} from './provenance.js';
export { packageUrl, sbomText, type SbomInput } from './sbom.js';
export { statementText, type Resource, type Statement } from './statement.js';
export { TEST_RESULT, TEST_RESULT_TYPE, testResultOf, type TestResultPredicate } from './test-result.js';
export { verifyWheelhouse, type WheelhouseQuestion, type WheelhouseVerification } from './verify-wheelhouse.js';
export type { LicenceFields, WheelDescription } from './wheel-description.js';
