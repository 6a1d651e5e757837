import { digestOf, parseDigest } from '@wheelhouse/element/internal';
import { RECORD } from './layout.js';
import { STATEMENT_TYPE, type Resource, type Statement } from './statement.js';
import { manifestText, type TestRecord } from './manifest.js';

export const TEST_RESULT_TYPE = 'https://in-toto.io/attestation/test-result/v0.1';

/** in-toto's test result, version 0.1, as far as it is used here. */
export interface TestResultPredicate {
  readonly result: 'PASSED' | 'FAILED';
  /** What the tests were and what they ran with. */
  readonly configuration: readonly Resource[];
}

/** What a record says, about the wheel it was made with: in a form that is understood beside provenance. */
export function testResultOf(record: TestRecord): Statement<TestResultPredicate> {
  const tree = (name: string, digest: string): Resource => ({
    name,
    digest: { sha256: parseDigest(digest)?.hash ?? '' },
    annotations: { role: name, digestOf: 'REAPI Directory' },
  });
  const { passed, failed, skipped, hermetic } = record;
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: record.wheel.path.replace(/^wheel\//, ''), digest: { sha256: record.wheel.sha256 } }],
    predicateType: TEST_RESULT_TYPE,
    predicate: {
      result: failed === 0 && passed > 0 ? 'PASSED' : 'FAILED',
      configuration: [
        {
          name: RECORD,
          digest: { sha256: digestOf(manifestText(record)).hash },
          annotations: { role: 'record', passed, failed, skipped, hermetic },
        },
        tree('tests', record.testSourceDigest),
        tree('snapshot', record.snapshotDigest),
        ...record.uses.map(({ path, sha256 }) => ({
          name: path,
          digest: { sha256 },
          annotations: { role: 'installed' },
        })),
      ],
    },
  };
}
