import { createHash } from 'node:crypto';
import { collect, type Archive, type ArchiveMember, type ByteSource } from './archive.js';
import { explainContent, type BuildPaths } from './content-difference.js';
import type { Difference } from './difference.js';
import { openTarGz } from './tar-archive.js';
import { openZip } from './zip-archive.js';

/** What is known of how two archives were made. */
export interface CompareOptions {
  /** Where they were built, where that is not the same place. */
  readonly buildPaths?: BuildPaths;
}

/** Members above this size are compared, but not read for a reason. In bytes. */
const EXPLAINED = 256 * 1024 * 1024;

/**
 * Compares two wheels of the same sources, member by member, and says why they differ. RECORD, which lists the digests of
 * all others, is a `consequence` if nothing but these digests differs.
 *
 * @returns none if both are the same bytes
 * @throws ElementError ARTIFACT if one of them is damaged
 */
export async function compareWheels(a: ByteSource, b: ByteSource, options: CompareOptions = {}): Promise<Difference[]> {
  return await compareArchives([a, b], openZip, options);
}

/** The same for sdists: `.tar.gz`, or `.zip` as old ones are. */
export async function compareSdists(a: ByteSource, b: ByteSource, options: CompareOptions = {}): Promise<Difference[]> {
  return await compareArchives([a, b], a.label.endsWith('.zip') ? openZip : openTarGz, options);
}

async function compareArchives(
  [a, b]: readonly [ByteSource, ByteSource],
  open: (bytes: ByteSource) => Promise<Archive>,
  options: CompareOptions,
): Promise<Difference[]> {
  if ((await hashOf(a.read(0))) === (await hashOf(b.read(0)))) return [];
  const left = await open(a);
  try {
    const right = await open(b);
    try {
      const found = await new Comparison(left, right, options).run();
      if (found.length > 0) return found;
      return [
        { reason: 'header', detail: 'the data between the members differs: local headers, padding or signatures' },
      ];
    } finally {
      right.close();
    }
  } finally {
    left.close();
  }
}

class Comparison {
  private readonly differences: Difference[] = [];

  constructor(
    private readonly left: Archive,
    private readonly right: Archive,
    private readonly options: CompareOptions,
  ) {}

  async run(): Promise<Difference[]> {
    const [mine, theirs] = [keyed(this.left), keyed(this.right)];
    for (const [key, member] of mine) {
      if (!theirs.has(key)) this.add({ member: member.name, reason: 'missing', detail: `only the first contains it` });
    }
    for (const [key, member] of theirs) {
      if (!mine.has(key)) this.add({ member: member.name, reason: 'missing', detail: `only the second contains it` });
    }
    this.compareOrder(
      [...mine.keys()].filter((key) => theirs.has(key)),
      [...theirs.keys()].filter((key) => mine.has(key)),
    );
    this.compareHeaders(undefined, this.left.header, this.right.header);
    for (const [key, member] of mine) {
      const other = theirs.get(key);
      if (other !== undefined) await this.compareMember(member, other);
    }
    return this.consequences(this.differences);
  }

  private compareOrder(mine: readonly string[], theirs: readonly string[]): void {
    const at = mine.findIndex((key, index) => key !== theirs[index]);
    if (at < 0) return;
    const [first = '', second = ''] = [mine[at], theirs[at]].map((key) => nameOf(key ?? ''));
    this.add({
      reason: 'order',
      detail: `member ${at + 1} is \`${first}\` in the first and \`${second}\` in the second`,
    });
  }

  private async compareMember(a: ArchiveMember, b: ArchiveMember): Promise<void> {
    const member = a.name;
    if (a.type !== b.type) this.add({ member, reason: 'header', detail: `it is a ${a.type} and a ${b.type}` });
    if (a.mode !== b.mode) this.add({ member, reason: 'mode', detail: `${octal(a.mode)} and ${octal(b.mode)}` });
    if (a.time !== b.time) this.add({ member, reason: 'time', detail: `${a.time} and ${b.time}` });
    this.compareHeaders(member, a.header, b.header);
    if (a.sizeBytes === b.sizeBytes && (await hashOf(this.left.read(a))) === (await hashOf(this.right.read(b)))) {
      if (a.packing !== b.packing)
        this.add({ member, reason: 'compression', detail: `${a.packing}; and ${b.packing}` });
      return;
    }
    this.add(await this.explain(a, b));
  }

  private async explain(a: ArchiveMember, b: ArchiveMember): Promise<Difference> {
    const member = a.name;
    if (Math.max(a.sizeBytes, b.sizeBytes) > EXPLAINED) {
      return {
        member,
        reason: 'random',
        detail: `${a.sizeBytes} and ${b.sizeBytes} bytes, too large to compare in detail`,
      };
    }
    const [mine, theirs] = [await collect(this.left.read(a)), await collect(this.right.read(b))];
    const { reason, detail } = explainContent(mine, theirs, this.options.buildPaths);
    // PEP 770: there the software bills of materials of a wheel are.
    return member.includes('.dist-info/sboms/') ? { member, reason: 'sbom', detail } : { member, reason, detail };
  }

  private compareHeaders(member: string | undefined, a: ArchiveMember['header'], b: ArchiveMember['header']): void {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [one = '', other = ''] = [a[key], b[key]];
      if (one === other) continue;
      const reason = key === 'gzip time' ? 'time' : 'header';
      this.add({ ...(member === undefined ? {} : { member }), reason, detail: `${key}: \`${one}\` and \`${other}\`` });
    }
  }

  /** RECORD differs wherever anything does; it is of interest only if it differs on its own. */
  private consequences(found: readonly Difference[]): Difference[] {
    const others = new Set(found.flatMap(({ member }) => (member === undefined || isRecord(member) ? [] : [member])));
    const caused = others.size > 0 || found.some(({ reason }) => reason === 'order');
    return found.map((difference) =>
      caused && isContent(difference) && isRecord(difference.member ?? '')
        ? { ...difference, reason: 'consequence', detail: 'it lists the members that differ' }
        : difference,
    );
  }

  private add(difference: Difference): void {
    this.differences.push(difference);
  }
}

function isContent({ reason }: Difference): boolean {
  return reason === 'random' || reason === 'order' || reason === 'build-path' || reason === 'timestamp';
}

function isRecord(member: string): boolean {
  return member.endsWith('.dist-info/RECORD');
}

/** Members by name; several with the same name are numbered. */
function keyed(archive: Archive): ReadonlyMap<string, ArchiveMember> {
  const members = new Map<string, ArchiveMember>();
  for (const member of archive.members) {
    let number = 0;
    while (members.has(`${number}\0${member.name}`)) number += 1;
    members.set(`${number}\0${member.name}`, member);
  }
  return members;
}

function nameOf(key: string): string {
  return key.slice(key.indexOf('\0') + 1);
}

function octal(mode: number | undefined): string {
  return mode === undefined ? 'none' : mode.toString(8).padStart(4, '0');
}

async function hashOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
