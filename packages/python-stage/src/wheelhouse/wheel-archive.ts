import { ElementError } from '@wheelhouse/element';
import { collect, type Archive, type ArchiveMember, type ByteSource } from '../inspection/archive.js';
import { openZip } from '../inspection/zip-archive.js';

/** The files of a wheel, by their names. */
export class WheelArchive {
  private readonly files: readonly ArchiveMember[];
  private readonly byName: ReadonlyMap<string, ArchiveMember>;

  private constructor(private readonly archive: Archive) {
    this.files = archive.members.filter(({ type }) => type !== 'directory');
    this.byName = new Map(this.files.map((member) => [member.name, member]));
  }

  /** @throws ElementError ARTIFACT if the bytes are no zip archive */
  static async open(bytes: ByteSource): Promise<WheelArchive> {
    return new WheelArchive(await openZip(bytes));
  }

  close(): void {
    this.archive.close();
  }

  /** The names of its files, in the archive's order; one that is there twice is listed twice. */
  get names(): string[] {
    return this.files.map(({ name }) => name);
  }

  /** The content of a file. @throws ElementError ARTIFACT if it does not exist or cannot be read */
  read(name: string): AsyncIterable<Uint8Array> {
    const member = this.byName.get(name);
    if (member !== undefined) return this.archive.read(member);
    throw new ElementError({ code: 'ARTIFACT', message: `\`${this.archive.label}\` has no file \`${name}\`` });
  }

  /** The content of a text file. */
  async text(name: string): Promise<string> {
    return (await collect(this.read(name))).toString('utf8');
  }
}
