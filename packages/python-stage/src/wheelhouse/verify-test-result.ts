import { parseDigest } from '@wheelhouse/element/internal';
import type { Findings } from './findings.js';
import { JsonDocument } from './json-document.js';
import { RECORD } from './layout.js';
import { STATEMENT_TYPE } from './statement.js';
import { TEST_RESULT_TYPE } from './test-result.js';
import { sha256Of } from './verify-provenance.js';
import type { WheelDescription } from './wheel-description.js';

/** Checks that the statement about tests says what the record beside it says, of the wheel that is there. */
export function verifyResult(
  result: JsonDocument | undefined,
  {
    wheel,
    file,
    record,
    digest,
  }: {
    readonly wheel: WheelDescription;
    readonly file: string;
    readonly record: JsonDocument;
    readonly digest: string;
  },
  findings: Findings,
): void {
  findings.expect(result?.isObject === true, file, 'it is not a JSON object');
  if (result?.isObject !== true) return;
  findings.compareValue(file, '_type', result.at('_type'), STATEMENT_TYPE);
  findings.compareValue(file, 'predicateType', result.at('predicateType'), TEST_RESULT_TYPE);
  const subjects = result.at('subject').items();
  findings.expect(subjects.length === 1, file, `it has ${subjects.length} subjects instead of only the wheel`);
  const [subject = new JsonDocument(undefined)] = subjects;
  findings.compare(file, `subject ${wheel.file}`, { recorded: sha256Of(subject), computed: wheel.sha256 });
  findings.compareValue(file, 'subject.name', subject.at('name'), wheel.file);
  const said = result.at('predicate', 'result').shown();
  findings.expect(said === 'PASSED', file, `\`result\` is \`${said}\`, not \`PASSED\``);
  const configuration = result.at('predicate', 'configuration').items();
  const recorded = configuration.find((each) => each.at('name').text() === RECORD);
  findings.compare(file, RECORD, { recorded: recorded === undefined ? '' : sha256Of(recorded), computed: digest });
  const isOther = recorded === undefined || sha256Of(recorded) !== digest;
  const told = ({ name }: { readonly name: string }): boolean => !isOther || name !== RECORD;
  const inputs = configuration.map(inputOf).filter(told).map(lineOf);
  const wanted = configurationOf(record, digest).filter(told).map(lineOf);
  for (const line of wanted)
    findings.expect(inputs.includes(line), file, `\`configuration\` lacks \`${line}\`, which is in the record`);
  for (const line of inputs)
    findings.expect(wanted.includes(line), file, `\`configuration\` has \`${line}\`, which is not in the record`);
}

/** A resource as far as it is compared. */
interface Input {
  readonly name: string;
  readonly sha256: string;
  readonly annotations: unknown;
}

/** The configuration that a record stands for; see `testResultOf`. */
function configurationOf(record: JsonDocument, digest: string): Input[] {
  const tree = (name: string, member: string): Input => ({
    name,
    sha256: parseDigest(record.at(member).text())?.hash ?? '',
    annotations: { role: name, digestOf: 'REAPI Directory' },
  });
  const { passed, failed, skipped, hermetic } = record.members();
  return [
    { name: RECORD, sha256: digest, annotations: { role: 'record', passed, failed, skipped, hermetic } },
    tree('tests', 'testSourceDigest'),
    tree('snapshot', 'snapshotDigest'),
    ...record
      .at('uses')
      .items()
      .map((use) => ({
        name: use.at('path').shown(),
        sha256: use.at('sha256').shown(),
        annotations: { role: 'installed' },
      })),
  ];
}

function inputOf(resource: JsonDocument): Input {
  return {
    name: resource.at('name').shown(),
    sha256: resource.at('digest', 'sha256').shown(),
    annotations: resource.at('annotations').raw,
  };
}

function lineOf({ name, sha256, annotations }: Input): string {
  return `${name} ${sha256} ${JSON.stringify(annotations)}`;
}
