import type { DifferenceReason } from './difference.js';

/** Why what two members hold is not the same. */
export interface ContentDifference {
  readonly reason: Extract<DifferenceReason, 'build-path' | 'timestamp' | 'order' | 'random'>;
  readonly detail: string;
}

/** Where each of two builds took place: absolute paths inside the sandbox. */
export type BuildPaths = readonly [a: string, b: string];

/** How many places that differ are looked at. One cause often shows in many places, and the first ones tell. */
const PLACES = 256;
/** How much of the text around a place is read, in bytes, each way. */
const AROUND = 200;

const TIMES: readonly RegExp[] = [
  /\b\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?/,
  /\b\d\d:\d\d:\d\d\b/,
  /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? +\d{1,2},? +\d{4}\b/,
  /\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4}\b/,
  /\b1[6-9]\d{8}(?:\.\d+|\d{3})?\b/,
  /\b2[0-9]\d{8}(?:\.\d+|\d{3})?\b/,
];
const PATH = /(?:^|[^\w.])(\/(?:[\w.@+~-]+\/)+[\w.@+~-]*)/;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;

/** Explains the difference between two contents that are known to differ. */
export function explainContent(a: Buffer, b: Buffer, paths?: BuildPaths): ContentDifference {
  return builtElsewhere(a, b, paths) ?? inHeader(a, b) ?? reordered(a, b) ?? inText(a, b) ?? unexplained(a, b);
}

/** The build path in both, and nothing else that differs once it is left out. */
function builtElsewhere(a: Buffer, b: Buffer, paths: BuildPaths | undefined): ContentDifference | undefined {
  if (paths === undefined || paths[0] === paths[1] || !a.includes(paths[0]) || !b.includes(paths[1])) return undefined;
  const rest = equalWithout(a, b, paths) ? '' : ', and other bytes differ';
  return { reason: 'build-path', detail: `it embeds \`${paths[0]}\` and \`${paths[1]}\`${rest}` };
}

function equalWithout(a: Buffer, b: Buffer, paths: BuildPaths): boolean {
  const [left, right] = [a, b].map((content, index) => content.toString('latin1').replaceAll(paths[index] ?? '', '\0'));
  return left === right;
}

/** Formats that begin with a time: byte code (PEP 552) and gzip (RFC 1952). */
function inHeader(a: Buffer, b: Buffer): ContentDifference | undefined {
  if (a.length !== b.length || a.length < 16) return undefined;
  const isPyc = a.readUInt16LE(2) === 0x0a0d && a.readUInt32LE(4) === 0 && a.subarray(0, 4).equals(b.subarray(0, 4));
  if (isPyc && a.subarray(12).equals(b.subarray(12))) {
    return {
      reason: 'timestamp',
      detail: `the bytecode contains the modification time of its source: ${seconds(a, 8)} and ${seconds(b, 8)}`,
    };
  }
  if (a.readUInt16LE(0) === 0x8b1f && a.subarray(8).equals(b.subarray(8))) {
    return { reason: 'timestamp', detail: `the gzip header contains ${seconds(a, 4)} and ${seconds(b, 4)}` };
  }
  return undefined;
}

function seconds(content: Buffer, offset: number): string {
  return `\`${new Date(content.readUInt32LE(offset) * 1000).toISOString().slice(0, 19)}Z\``;
}

/** The same lines, in another order. */
function reordered(a: Buffer, b: Buffer): ContentDifference | undefined {
  if (a.length !== b.length || a.includes(0) || b.includes(0)) return undefined;
  const [left, right] = [a, b].map((content) => content.toString('latin1').split('\n'));
  if (left === undefined || right === undefined) return undefined;
  const at = left.findIndex((line, index) => line !== right[index]);
  const [first = '', second = ''] = [left[at], right[at]];
  if (left.sort().join('\n') !== right.sort().join('\n')) return undefined;
  return {
    reason: 'order',
    detail: `the same lines in another order: line ${at + 1} is \`${shortened(first)}\` and \`${shortened(second)}\``,
  };
}

/** What stands where the two differ, where it reads as a time, a path or an identifier. */
function inText(a: Buffer, b: Buffer): ContentDifference | undefined {
  for (const place of places(a, b)) {
    const [left, right] = [textAround(a, place), textAround(b, place)];
    const time = TIMES.map((pattern) => unlike(pattern, left, right)).find((found) => found !== undefined);
    if (time !== undefined) return { reason: 'timestamp', detail: `it contains \`${time[0]}\` and \`${time[1]}\`` };
    const path = unlike(PATH, left, right);
    if (path !== undefined) return { reason: 'build-path', detail: `it embeds \`${path[0]}\` and \`${path[1]}\`` };
    const uuid = unlike(UUID, left, right);
    if (uuid !== undefined) return { reason: 'random', detail: `the identifiers \`${uuid[0]}\` and \`${uuid[1]}\`` };
  }
  return undefined;
}

/** Where two contents begin to differ, again and again; where their sizes differ, the first place alone means something. */
function* places(a: Buffer, b: Buffer): Generator<number> {
  const end = Math.min(a.length, b.length);
  let found = 0;
  for (let at = 0; at < end && found < PLACES; at += 1) {
    if (a[at] === b[at]) continue;
    yield at;
    found += 1;
    if (a.length !== b.length) return;
    // The rest of the same text is the same place.
    while (at + 1 < end && isText(a[at + 1]) && isText(b[at + 1])) at += 1;
  }
  if (found === 0) yield end;
}

/** The run of printable characters about a place, and where in it the place is. */
function textAround(content: Buffer, place: number): { readonly text: string; readonly at: number } {
  let [start, end] = [place, place];
  while (start > Math.max(0, place - AROUND) && isText(content[start - 1])) start -= 1;
  while (end < Math.min(content.length, place + AROUND) && isText(content[end])) end += 1;
  return { text: content.toString('latin1', start, end), at: place - start };
}

function isText(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09);
}

type Around = ReturnType<typeof textAround>;

/** What a pattern finds at the place in both texts, if that is not the same. */
function unlike(pattern: RegExp, left: Around, right: Around): readonly [string, string] | undefined {
  const [one, other] = [matchAt(pattern, left), matchAt(pattern, right)];
  return one === undefined || other === undefined || one === other ? undefined : [one, other];
}

function matchAt(pattern: RegExp, { text, at }: Around): string | undefined {
  for (const match of text.matchAll(new RegExp(pattern, `${pattern.flags}g`))) {
    if (match.index <= at && at <= match.index + match[0].length) return match[1] ?? match[0];
  }
  return undefined;
}

function unexplained(a: Buffer, b: Buffer): ContentDifference {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at += 1;
  const sizes = a.length === b.length ? `${a.length} bytes` : `${a.length} and ${b.length} bytes`;
  return {
    reason: 'random',
    detail: `${sizes}, which differ from byte ${at}: ${excerpt(a, at)} and ${excerpt(b, at)}`,
  };
}

/** A few bytes, as text up to the end of the line where they are text. */
function excerpt(content: Buffer, at: number): string {
  const bytes = content.subarray(at, at + 16);
  if (bytes.length === 0) return 'nothing';
  const [line = ''] = bytes.toString('latin1').split('\n');
  return /^[ -~]+$/.test(line) ? `\`${line}\`` : `\`${bytes.toString('hex')}\` (hexadecimal)`;
}

function shortened(line: string): string {
  return line.length <= 60 ? line : `${line.slice(0, 57)}...`;
}
