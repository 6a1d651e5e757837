import { createHash } from 'node:crypto';
import { RECORD_ALGORITHMS, recordFields } from './record-line.js';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** What RECORD lists: a member's hash and size, and the line where that stands. */
interface Recorded {
  readonly line: number;
  readonly hash: string;
  readonly size: string;
}

/** RECORD lists every file with its hash and size, and nothing else (PEP 376, PEP 427). */
export async function checkRecord(wheel: WheelUnderInspection): Promise<void> {
  const text = await wheel.metadata('RECORD');
  const record = `${wheel.distInfo ?? ''}/RECORD`;
  if (text === undefined) {
    wheel.error(record, 'the file does not exist');
    return;
  }
  const listed = new Map<string, Recorded>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const [path = '', hash = '', size = ''] = recordFields(line);
    if (listed.has(path)) wheel.warn(`${record}:${index + 1}`, `\`${path}\` is listed more than once`);
    listed.set(path, { line: index + 1, hash, size });
  }
  // A RECORD cannot list its own hash, and its signatures are made after it.
  const exempt = new Set([record, `${record}.jws`, `${record}.p7s`]);
  for (const name of wheel.files.keys()) {
    const entry = listed.get(name);
    if (exempt.has(name)) continue;
    if (entry === undefined) wheel.error(record, `\`${name}\` is not listed`);
    else await checkEntry(wheel, { name, place: `${record}:${entry.line}`, entry });
  }
  for (const [path, { line }] of listed) {
    if (!wheel.files.has(path) && !path.endsWith('/')) {
      wheel.error(`${record}:${line}`, `\`${path}\` is listed, but not in the wheel`);
    }
  }
}

async function checkEntry(
  wheel: WheelUnderInspection,
  { name, place, entry }: { readonly name: string; readonly place: string; readonly entry: Recorded },
): Promise<void> {
  const member = wheel.files.get(name);
  if (member === undefined) return;
  const [algorithm = '', wanted = ''] = entry.hash.split('=', 2);
  if (!RECORD_ALGORITHMS.includes(algorithm)) {
    wheel.error(place, `\`${name}\` has no hash of SHA-256 or stronger: \`${entry.hash}\``);
    return;
  }
  const hash = createHash(algorithm);
  for await (const chunk of wheel.archive.read(member)) hash.update(chunk);
  const computed = hash.digest('base64url');
  if (computed !== wanted)
    wheel.error(place, `\`${name}\` has the hash \`${algorithm}=${computed}\`, not \`${entry.hash}\``);
  if (entry.size !== '' && Number(entry.size) !== member.sizeBytes) {
    wheel.error(place, `\`${name}\` has ${member.sizeBytes} bytes, not \`${entry.size}\``);
  }
}
