import { ElementError } from '@wheelhouse/element';

/** A member of an ar archive. Its content is read before the next member comes. */
export interface ArMember {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

const MAGIC = '!<arch>\n';
const HEADER = 60;

/**
 * The members of an ar archive, as packages of Debian are (deb(5)).
 *
 * @param label what messages call it @throws ElementError SOURCE
 */
export async function* readAr(archive: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<ArMember> {
  const bytes = new ByteReader(archive);
  const damaged = (): ElementError =>
    new ElementError({ code: 'SOURCE', message: `${label} is not a package of Debian, or is damaged` });
  if ((await bytes.take(MAGIC.length)).toString('latin1') !== MAGIC) throw damaged();
  for (;;) {
    const header = (await bytes.take(HEADER)).toString('latin1');
    if (header === '') return;
    const size = Number(header.slice(48, 58).trim());
    if (header.length !== HEADER || !header.endsWith('`\n') || !Number.isSafeInteger(size)) throw damaged();
    const content = bytes.chunks(size);
    yield { name: header.slice(0, 16).trim().replace(/\/$/, ''), content };
    // What was not read of it.
    while ((await content.next()).done !== true);
    if (size % 2 === 1) await bytes.take(1);
  }
}

/** Bytes in the portions that are asked for. */
class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** So many bytes, fewer at the end. */
  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.chunks(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** The same as they come. */
  async *chunks(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (this.rest.byteLength === 0) {
        const next = await this.source.next();
        if (next.done === true) return;
        this.rest = Buffer.from(next.value);
      }
      const part = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(part.byteLength);
      left -= part.byteLength;
      yield part;
    }
  }
}
