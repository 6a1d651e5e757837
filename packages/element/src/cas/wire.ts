/**
 * The part of protobuf's wire format that REAPI's `Directory`, `Command` and `Action` need: varints and length-delimited
 * fields. Written here since every process that looks at a tree loads it, and a whole protobuf runtime takes longer to
 * load than an all-cached build takes to look its trees up; the tests hold it against one.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** Bytes of the largest safe integer. */
const LONGEST_VARINT = 8;

/** What a writer has room for at first, in bytes: a file or a directory within a `Directory`. */
const ROOM = 128;

/** Writes a message field by field, in the order of the calls. proto3's defaults are left out. */
export class WireWriter {
  private buffer = Buffer.allocUnsafe(ROOM);
  private length = 0;

  string(field: number, value: string): this {
    return value === '' ? this : this.text(field, value);
  }

  /** A repeated field: every text is there, an empty one, too. */
  strings(field: number, values: Iterable<string>): this {
    for (const value of values) this.text(field, value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.lengthDelimited(field, value.byteLength);
    this.buffer.set(value, this.length);
    this.length += value.byteLength;
    return this;
  }

  /** A non-negative safe integer, as `int64` and `uint32` write it. */
  integer(field: number, value: number): this {
    return value === 0 ? this : this.varint((field << 3) | VARINT).varint(value);
  }

  boolean(field: number, value: boolean): this {
    return this.integer(field, value ? 1 : 0);
  }

  /** A message within this one. It is there even when nothing is written to it. */
  message(field: number, write: (writer: WireWriter) => void): this {
    const inner = new WireWriter();
    write(inner);
    return this.bytes(field, inner.finish());
  }

  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private varint(value: number): this {
    this.reserve(LONGEST_VARINT);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.buffer[this.length++] = (rest % 128) | 128;
    this.buffer[this.length++] = rest;
    return this;
  }

  private text(field: number, value: string): this {
    const bytes = Buffer.byteLength(value, 'utf8');
    this.lengthDelimited(field, bytes);
    this.length += this.buffer.write(value, this.length, 'utf8');
    return this;
  }

  /** What stands before so many bytes, and room for them. */
  private lengthDelimited(field: number, bytes: number): void {
    this.varint((field << 3) | LENGTH_DELIMITED).varint(bytes);
    this.reserve(bytes);
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.byteLength) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.byteLength));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

/** A field of a message: a number for a varint, bytes for what is length-delimited. */
export interface WireField {
  readonly field: number;
  readonly value: number | Buffer;
}

/**
 * The fields of a message in the order in which they stand. Fields of other wire types are skipped.
 *
 * @throws Error if the bytes are not a message
 */
export function* readWire(message: Uint8Array): Generator<WireField> {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error('a protobuf message ends within a number');
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('a protobuf message ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case VARINT:
        yield { field, value: varint() };
        break;
      case LENGTH_DELIMITED:
        yield { field, value: take(varint()) };
        break;
      case 1:
        take(8);
        break;
      case 5:
        take(4);
        break;
      default:
        throw new Error(`a protobuf message has a field of wire type ${tag % 8}`);
    }
  }
}
