import { Readable } from 'node:stream';
import { types } from 'node:util';
import { ElementError } from '@wheelhouse/element';
import { fromBufferPromise, fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { collect, range, type Archive, type ArchiveMember, type ByteSource } from './archive.js';

/** A zip file whose members were made on Unix says so here, and keeps modes in the upper half of its attributes. */
const MADE_ON_UNIX = 3;
const FILE_TYPE = 0o170000;
const LINK = 0o120000;
/** General purpose flag: the name is UTF-8. Not a difference between archives where names are ASCII. */
const UTF8_NAME = 1 << 11;

/** Up to this many bytes an archive is read once and held: it would be opened anew for each of its members. */
const HELD_BYTES = 16 * 1024 * 1024;

const OPTIONS = {
  lazyEntries: true,
  autoClose: false,
  // Names are checked by the inspection of the archive: a `..` in one is a finding, and does not end the reading.
  decodeStrings: false,
};

/** Opens a wheel, or any other zip file. @throws ElementError ARTIFACT if it is not one */
export async function openZip(bytes: ByteSource): Promise<Archive> {
  try {
    const zip =
      bytes.sizeBytes <= HELD_BYTES
        ? await fromBufferPromise(await collect(bytes.read(0)), OPTIONS)
        : await fromRandomAccessReaderPromise(new SourceReader(bytes), bytes.sizeBytes, OPTIONS);
    const entries = new Map<ArchiveMember, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(memberOf(entry), entry);
    return new ZipArchive(bytes.label, zip, entries);
  } catch (error) {
    throw damaged(bytes.label, error);
  }
}

class ZipArchive implements Archive {
  readonly members: readonly ArchiveMember[];
  readonly header: Readonly<Record<string, string>>;

  constructor(
    readonly label: string,
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<ArchiveMember, Entry>,
  ) {
    this.members = [...entries.keys()];
    this.header = { comment: Buffer.from(zip.comment).toString('latin1') };
  }

  async *read(member: ArchiveMember): AsyncGenerator<Uint8Array> {
    const entry = this.entries.get(member);
    if (entry === undefined) throw new Error(`${member.name} is not a member of ${this.label}`);
    try {
      for await (const chunk of await this.zip.openReadStreamPromise(entry)) yield chunk as Uint8Array;
    } catch (error) {
      throw damaged(this.label, error);
    }
  }

  close(): void {
    this.zip.close();
  }
}

/** Lets yauzl read where the bytes are. */
class SourceReader extends RandomAccessReader {
  constructor(private readonly bytes: ByteSource) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(range(this.bytes, start, end));
  }
}

function memberOf(entry: Entry): ArchiveMember {
  const name = entry.fileNameRaw.toString('utf8');
  const unix = entry.versionMadeBy >> 8 === MADE_ON_UNIX;
  const attributes = entry.externalFileAttributes >>> 16;
  const flags = entry.generalPurposeBitFlag & ~UTF8_NAME;
  return {
    name,
    type: (attributes & FILE_TYPE) === LINK ? 'link' : name.endsWith('/') ? 'directory' : 'file',
    mode: unix ? attributes & 0o7777 : undefined,
    time: dosTime(entry),
    sizeBytes: entry.uncompressedSize,
    packing: `method ${entry.compressionMethod}, flags ${flags}, ${entry.compressedSize} bytes`,
    header: {
      'type bits': (attributes & FILE_TYPE).toString(8),
      'DOS attributes': (entry.externalFileAttributes & 0xffff).toString(16),
      'made by': String(entry.versionMadeBy),
      'needed to extract': String(entry.versionNeededToExtract),
      'extra fields': entry.extraFieldRaw.toString('hex'),
      comment: entry.fileCommentRaw.toString('latin1'),
    },
  };
}

/** The time of the zip format: local time of nowhere, in steps of two seconds. */
function dosTime({ lastModFileDate: date, lastModFileTime: time }: Entry): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [String(1980 + (date >> 9)), two((date >> 5) & 0xf), two(date & 0x1f)].join('-');
  return `${day} ${[time >> 11, (time >> 5) & 0x3f, (time & 0x1f) * 2].map(two).join(':')}`;
}

function damaged(label: string, error: unknown): unknown {
  if (!types.isNativeError(error) || error instanceof ElementError) return error;
  return new ElementError({
    code: 'ARTIFACT',
    message: `\`${label}\` is not a zip file, or is damaged: ${error.message}`,
    cause: error,
  });
}
