import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { digestOf, parseDigest } from '@wheelhouse/element';
import type { Findings } from './findings.js';
import { JsonDocument } from './json-document.js';
import { TEST_RESULT } from './test-result.js';
import { resolvedOf, sha256Of } from './verify-provenance.js';
import type { WheelDescription } from './wheel-description.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';

const RECORD = 'record.json';

/**
 * Checks that a passing record is about the very bytes of the project's wheel, and the snapshot it was built from.
 *
 * @param record path of the record, or of the directory it lies in; looked for where it usually lies when absent
 */
export async function verifyTested(
  contents: WheelhouseContents,
  { wheel, record }: { readonly wheel: WheelDescription; readonly record?: string | undefined },
  findings: Findings,
): Promise<void> {
  const places = record === undefined ? usualPlaces(contents.directory) : await named(record);
  const path = places.find((place) => existsSync(place));
  findings.expect(
    path !== undefined,
    wheel.file,
    record === undefined
      ? `it is not tested: there is no \`${RECORD}\` in the wheelhouse, beside it, or in \`reports\``
      : `it is not tested: there is no record \`${record}\``,
  );
  if (path === undefined) return;
  const shown = (place: string): string => relative(contents.directory, place);
  const text = await readFile(path, 'utf8');
  const document = JsonDocument.parse(text);
  findings.expect(document !== undefined, shown(path), 'it is no JSON');
  if (document === undefined) return;
  verifyRecord(document, { contents, wheel, file: shown(path) }, findings);
  const statement = join(dirname(path), TEST_RESULT);
  if (existsSync(statement)) {
    const result = JsonDocument.parse(await readFile(statement, 'utf8')) ?? new JsonDocument(undefined);
    verifyResult(result, { wheel, file: shown(statement), record: digestOf(text).hash }, findings);
  }
}

function verifyRecord(
  record: JsonDocument,
  { contents, wheel, file }: { contents: WheelhouseContents; wheel: WheelDescription; file: string },
  findings: Findings,
): void {
  const tested = record.at('wheel', 'sha256').text();
  findings.expect(
    tested === wheel.sha256,
    file,
    `it is about a wheel with the digest \`${tested}\`, and \`${wheel.file}\` has \`${wheel.sha256}\``,
  );
  const [passed, failed] = [record.at('passed').text(), record.at('failed').text()];
  findings.expect(failed === '0', file, `\`failed\` is \`${failed}\`: not every test passed`);
  findings.expect(/^[1-9]\d*$/.test(passed), file, `\`passed\` is \`${passed}\`: no test passed`);
  const [snapshot] = contents.provenance === undefined ? [] : resolvedOf(contents.provenance, 'snapshot');
  if (snapshot === undefined) return;
  const recorded = parseDigest(record.at('snapshotDigest').text())?.hash ?? record.at('snapshotDigest').text();
  findings.expect(
    recorded === sha256Of(snapshot),
    file,
    `it is about the snapshot \`${recorded}\`, and the wheel was built from \`${sha256Of(snapshot)}\``,
  );
}

function verifyResult(
  result: JsonDocument,
  { wheel, file, record }: { wheel: WheelDescription; file: string; record: string },
  findings: Findings,
): void {
  const [subject] = result.at('subject').items();
  findings.compare(file, `subject ${wheel.file}`, {
    recorded: subject === undefined ? '' : sha256Of(subject),
    computed: wheel.sha256,
  });
  const said = result.at('predicate', 'result').text();
  findings.expect(said === 'PASSED', file, `\`result\` is \`${said}\`, not \`PASSED\``);
  const configuration = result.at('predicate', 'configuration').items();
  const recorded = configuration.find((each) => each.at('name').text() === RECORD);
  findings.compare(file, RECORD, { recorded: recorded === undefined ? '' : sha256Of(recorded), computed: record });
}

/** In the wheelhouse, beside it, and where the target `test` leaves it: `reports/<root>` for `dist/<root>/wheelhouse`. */
function usualPlaces(directory: string): string[] {
  const parent = dirname(directory);
  const parts = parent.split(sep);
  const dist = parts.lastIndexOf('dist');
  const reports =
    dist < 0 ? [] : [join([...parts.slice(0, dist), 'reports', ...parts.slice(dist + 1)].join(sep), RECORD)];
  return [join(directory, RECORD), join(parent, RECORD), ...reports];
}

async function named(record: string): Promise<string[]> {
  return [existsSync(record) && (await stat(record)).isDirectory() ? join(record, RECORD) : record];
}
