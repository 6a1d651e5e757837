import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { digestOf, parseDigest } from '@wheelhouse/element/internal';
import { parseFilename, normalizeName } from '@wheelhouse/python/internal';
import type { Findings } from './findings.js';
import { JsonDocument } from './json-document.js';
import { verifyResult } from './verify-test-result.js';
import { nameOf, originOf, resolvedOf, treeDigestOf } from './verify-provenance.js';
import type { WheelDescription } from './wheel-description.js';
import { sameVersion, type WheelhouseContents } from './wheelhouse-contents.js';
import { RECORD, TEST_RESULT } from './layout.js';

/**
 * Checks that a passing record is about the very bytes of the project's wheel, and the snapshot it was built from.
 *
 * @param record path of the record, or of the directory it is in; looked for where it usually is when absent
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
      : `it is not tested: the record \`${record}\` does not exist`,
  );
  if (path === undefined) return;
  const shown = (place: string): string => relative(contents.directory, place);
  const text = (await stat(path)).isFile() ? await readFile(path, 'utf8') : undefined;
  findings.expect(text !== undefined, shown(path), 'it is not a file');
  const document = text === undefined ? undefined : JsonDocument.parse(text);
  if (text !== undefined) findings.expect(document?.isObject === true, shown(path), 'it is not a JSON object');
  if (text === undefined || document?.isObject !== true) return;
  verifyRecord(document, { contents, wheel, file: shown(path) }, findings);
  verifyShipped(document, { contents, wheel, file: shown(path) }, findings);
  const statement = join(dirname(path), TEST_RESULT);
  if (!existsSync(statement)) return;
  const result = (await stat(statement)).isFile() ? JsonDocument.parse(await readFile(statement, 'utf8')) : undefined;
  verifyResult(result, { wheel, file: shown(statement), record: document, digest: digestOf(text).hash }, findings);
}

interface RecordContext {
  readonly contents: WheelhouseContents;
  readonly wheel: WheelDescription;
  /** From the wheelhouse. */
  readonly file: string;
}

function verifyRecord(record: JsonDocument, { contents, wheel, file }: RecordContext, findings: Findings): void {
  const tested = record.at('wheel', 'sha256').shown();
  findings.expect(
    tested === wheel.sha256,
    file,
    `it is about a wheel with the digest \`${tested}\`, but \`${wheel.file}\` has \`${wheel.sha256}\``,
  );
  findings.compareValue(file, 'wheel.path', record.at('wheel', 'path'), `wheel/${wheel.file}`);
  const [passed, failed] = [record.at('passed').shown(), record.at('failed').shown()];
  findings.expect(failed === '0', file, `\`failed\` is \`${failed}\`: not every test passed`);
  findings.expect(/^[1-9]\d*$/.test(passed), file, `\`passed\` is \`${passed}\`: no test passed`);
  const skipped = record.at('skipped');
  findings.expect(Number.isInteger(skipped.raw), file, `\`skipped\` is \`${skipped.shown()}\`, not a number of tests`);
  const hermetic = record.at('hermetic');
  findings.expect(typeof hermetic.raw === 'boolean', file, `\`hermetic\` is \`${hermetic.shown()}\`, not a boolean`);
  const tests = record.at('testSourceDigest').shown();
  findings.expect(parseDigest(tests) !== undefined, file, `\`testSourceDigest\` is \`${tests}\`, not a digest`);
  const [snapshot] = contents.provenance === undefined ? [] : resolvedOf(contents.provenance, 'snapshot');
  if (snapshot === undefined) return;
  const [recorded, built] = [record.at('snapshotDigest').shown(), treeDigestOf(snapshot)];
  findings.expect(
    recorded === built,
    file,
    `it is about the snapshot \`${recorded}\`, but the wheel was built from \`${built}\``,
  );
}

/** What ships beside the project's wheel was installed when it was tested: the same files, or built from the same. */
function verifyShipped(record: JsonDocument, { contents, file }: RecordContext, findings: Findings): void {
  const used = record
    .at('uses')
    .items()
    .map((use) => ({ path: use.at('path').text(), sha256: use.at('sha256').text() }));
  const versions = used.flatMap(({ path }) => {
    const parsed = parseFilename(path);
    return parsed === undefined ? [] : [{ name: normalizeName(parsed.name), version: parsed.version }];
  });
  const subjects = contents.provenance?.at('subject').items() ?? [];
  const origins = new Map(subjects.map((subject) => [nameOf(subject), originOf(subject)]));
  for (const shipped of contents.wheels) {
    const origin = origins.get(shipped.file);
    const of = versions.filter(({ name }) => name === shipped.normalizedName);
    const isTested =
      origin === 'snapshot'
        ? used.some(({ path, sha256 }) => path === shipped.file && sha256 === shipped.sha256)
        : origin !== 'sdist' || of.some(({ version }) => sameVersion(version, shipped.version));
    const others = of.map(({ name, version }) => `\`${name}==${version}\``).join(' and ');
    const pinned = `\`${shipped.normalizedName}==${shipped.version}\` (\`${shipped.file}\`)`;
    findings.expect(
      isTested,
      file,
      `${pinned} is shipped, and ${of.length === 0 ? 'was not installed when it was tested' : `it was tested with ${others}`}`,
    );
  }
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
