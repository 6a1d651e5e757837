import { createHash } from 'node:crypto';
import type { Findings } from './findings.js';
import { distInfo } from './wheel-description.js';
import type { WheelArchive } from './wheel-archive.js';
import { RECORD_ALGORITHMS, recordFields } from '../inspection/record-line.js';

/** Checks a wheel's files against its own RECORD (PEP 376, PEP 427). @throws ElementError ARTIFACT */
export async function checkRecord(file: string, archive: WheelArchive, findings: Findings): Promise<void> {
  const record = `${distInfo(archive, file)}/RECORD`;
  if (!archive.names.includes(record)) {
    findings.expect(false, file, `it has no \`${record}\``);
    return;
  }
  const recorded = new Map(
    (await archive.text(record))
      .split(/\r?\n/)
      .filter((line) => line !== '')
      .map(parseLine),
  );
  const names = new Set(archive.names);
  findings.expect(names.size === archive.names.length, file, 'it contains a file more than once');
  for (const name of names) {
    if (name === record || SIGNATURES.some((suffix) => name === `${record}${suffix}`)) continue;
    const hash = recorded.get(name);
    findings.expect(hash !== undefined, file, `its RECORD does not list \`${name}\``);
    if (hash === undefined) continue;
    const [algorithm = '', wanted = ''] = hash.split('=', 2);
    if (!RECORD_ALGORITHMS.includes(algorithm)) {
      findings.expect(false, file, `its RECORD has no hash of \`${name}\` that is strong enough`);
      continue;
    }
    const computed = createHash(algorithm);
    for await (const chunk of archive.read(name)) computed.update(chunk);
    const digest = computed.digest('base64url');
    findings.compare(file, name, { recorded: `${algorithm}=${wanted}`, computed: `${algorithm}=${digest}` });
  }
  for (const name of recorded.keys()) {
    findings.expect(names.has(name), file, `its RECORD lists \`${name}\`, which does not exist`);
  }
}

/** Signatures of a RECORD are not listed in it. */
const SIGNATURES = ['.jws', '.p7s'];

/** @returns the path, and `<algorithm>=<base64url>` */
function parseLine(line: string): [string, string] {
  const [path = '', hash = ''] = recordFields(line);
  return [path, hash];
}
