import { readWheelName, type WheelName } from '@wheelhouse/python/internal';
import { collect, type Archive, type ArchiveMember } from './archive.js';
import type { WheelFinding } from './wheel-finding.js';

/** A wheel that is looked over, and what was found. */
export class WheelUnderInspection {
  readonly findings: WheelFinding[] = [];
  readonly fileName: WheelName | undefined;
  /** Its members but for directories, by their names. */
  readonly files: ReadonlyMap<string, ArchiveMember>;
  /** The directory of its metadata, as it is called. */
  readonly distInfo: string | undefined;

  constructor(readonly archive: Archive) {
    this.fileName = readWheelName(archive.label);
    this.files = new Map(
      archive.members.filter(({ type }) => type !== 'directory').map((member) => [member.name, member]),
    );
    this.distInfo = this.metadataDirectories()[0];
  }

  /** The top-level directories whose names end in `.dist-info`. */
  metadataDirectories(): string[] {
    const tops = [...this.files.keys()].filter((name) => name.includes('/')).map((name) => name.split('/', 1)[0] ?? '');
    return [...new Set(tops)].filter((name) => name.endsWith('.dist-info'));
  }

  /** Where an installer puts files of the wheel into site-packages: their paths there, by their names in the wheel. */
  installed(): ReadonlyMap<string, string> {
    const paths = [...this.files.keys()].flatMap((name): [string, string][] => {
      const data = /^[^/]+\.data\/(?:purelib|platlib)\/(.+)$/.exec(name)?.[1];
      if (data !== undefined) return [[name, data]];
      return /^[^/]+\.(?:data|dist-info)\//.test(name) ? [] : [[name, name]];
    });
    return new Map(paths);
  }

  /** The text of a file of the metadata directory; `undefined` if it has none. */
  async metadata(name: string): Promise<string | undefined> {
    const member = this.files.get(`${this.distInfo ?? ''}/${name}`);
    return member === undefined ? undefined : (await collect(this.archive.read(member))).toString('utf8');
  }

  /** @param place relative to the wheel's root */
  error(place: string | undefined, message: string, hint?: string): void {
    this.add('error', { place, message, hint });
  }

  warn(place: string | undefined, message: string, hint?: string): void {
    this.add('warning', { place, message, hint });
  }

  private add(
    severity: WheelFinding['severity'],
    { place, message, hint }: { place: string | undefined; message: string; hint: string | undefined },
  ): void {
    this.findings.push({
      severity,
      file: this.archive.label,
      ...(place === undefined ? {} : { place }),
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
