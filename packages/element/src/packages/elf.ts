import { closeSync, openSync, readSync } from 'node:fs';

/** What a program or a shared library says of those that it is linked to (elf(5)). */
export interface ElfNeeds {
  /** The path of the program that loads it (`PT_INTERP`). */
  readonly interpreter: string | undefined;
  /** The names of the libraries it is linked to (`DT_NEEDED`), in their order. */
  readonly libraries: readonly string[];
}

const MAGIC = 0x7f454c46;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0n;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
const DT_STRSZ = 10n;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** What an ELF file needs. @param path absolute @returns `undefined` for a file that is not an ELF file, or is truncated */
export function elfNeeds(path: string): ElfNeeds | undefined {
  const file = openSync(path, 'r');
  try {
    return new ElfFile(file).needs();
  } catch (error) {
    // A read past the end: `Buffer` refuses the offset.
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    closeSync(file);
  }
}

class ElfFile {
  private readonly header: Buffer;
  private readonly is64: boolean;
  private readonly isLittle: boolean;

  constructor(private readonly file: number) {
    this.header = this.read(0, 64);
    this.is64 = this.header[4] === 2;
    this.isLittle = this.header[5] === 1;
  }

  needs(): ElfNeeds | undefined {
    if (this.header.byteLength < 52 || this.header.readUInt32BE(0) !== MAGIC) return undefined;
    const segments = this.segments();
    const loader = segments.find(({ type }) => type === PT_INTERP);
    const interpreter = loader === undefined ? undefined : text(this.read(loader.offset, loader.size), 0);
    return { interpreter, libraries: this.libraries(segments) };
  }

  private segments(): Segment[] {
    const [offset, size, count] = this.is64
      ? [Number(this.long(this.header, 32)), this.half(this.header, 54), this.half(this.header, 56)]
      : [this.word(this.header, 28), this.half(this.header, 42), this.half(this.header, 44)];
    const table = this.read(offset, size * count);
    return Array.from({ length: count }, (_, index): Segment => {
      const at = index * size;
      const type = this.word(table, at);
      return this.is64
        ? {
            type,
            offset: Number(this.long(table, at + 8)),
            address: Number(this.long(table, at + 16)),
            size: Number(this.long(table, at + 32)),
          }
        : {
            type,
            offset: this.word(table, at + 4),
            address: this.word(table, at + 8),
            size: this.word(table, at + 16),
          };
    });
  }

  private libraries(segments: readonly Segment[]): string[] {
    const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
    if (dynamic === undefined) return [];
    const bytes = this.read(dynamic.offset, dynamic.size);
    const entry = this.is64 ? 16 : 8;
    const needed: number[] = [];
    let [table, length] = [0, 0];
    for (let at = 0; at + entry <= bytes.byteLength; at += entry) {
      const tag = this.is64 ? this.long(bytes, at) : BigInt(this.word(bytes, at));
      const value = this.is64 ? Number(this.long(bytes, at + 8)) : this.word(bytes, at + 4);
      if (tag === DT_NULL) break;
      if (tag === DT_NEEDED) needed.push(value);
      else if (tag === DT_STRTAB) table = value;
      else if (tag === DT_STRSZ) length = value;
    }
    const holder = segments.find(
      ({ type, address, size }) => type === PT_LOAD && address <= table && table < address + size,
    );
    if (holder === undefined) return [];
    const strings = this.read(holder.offset + table - holder.address, length);
    return needed.map((at) => text(strings, at));
  }

  private half(bytes: Buffer, at: number): number {
    return this.isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  private word(bytes: Buffer, at: number): number {
    return this.isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  private long(bytes: Buffer, at: number): bigint {
    return this.isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
  }

  private read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(this.file, bytes, 0, length, offset));
  }
}

function text(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end === -1 ? bytes.byteLength : end);
}
