/**
 * The part of protobuf's wire format that REAPI's `Directory`, `Command` and `Action` need: varints and length-delimited
 * fields. Written here since every process that looks at a tree loads it, and a whole protobuf runtime takes longer to
 * load than an all-cached build takes to look its trees up; the tests hold it against one.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Writes a message field by field, in the order of the calls. proto3's defaults are left out. */
export class WireWriter {
  private readonly parts: Buffer[] = [];

  string(field: number, value: string): this {
    return value === '' ? this : this.bytes(field, Buffer.from(value, 'utf8'));
  }

  /** A repeated field: every text is there, an empty one, too. */
  strings(field: number, values: Iterable<string>): this {
    for (const value of values) this.bytes(field, Buffer.from(value, 'utf8'));
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    return this.varint((field << 3) | LENGTH_DELIMITED)
      .varint(value.byteLength)
      .raw(value);
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
    return Buffer.concat(this.parts);
  }

  private varint(value: number): this {
    const bytes: number[] = [];
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) return this.raw(Uint8Array.from([...bytes, rest]));
      bytes.push((rest % 128) | 128);
    }
  }

  private raw(bytes: Uint8Array): this {
    this.parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return this;
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
