import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { readWire, WireWriter } from '../../src/cas/wire.js';

const numbers = [1, 127, 128, 300, 16_383, 16_384, 2 ** 31, 2 ** 32 + 5, 2 ** 40 + 7, Number.MAX_SAFE_INTEGER];

test.each(numbers)('%d is written as a protobuf runtime writes it, and read back', (number) => {
  const ours = new WireWriter().integer(2, number).finish();
  expect(Buffer.from(ours)).toEqual(Buffer.from(new BinaryWriter().tag(2, WireType.Varint).int64(number).finish()));
  expect([...readWire(ours)]).toEqual([{ field: 2, value: number }]);
});

test('strings, bytes, booleans and messages are written as a protobuf runtime writes them', () => {
  const long = 'é\u{1f600}'.repeat(100);
  const ours = new WireWriter()
    .string(1, long)
    .bytes(9, Buffer.from([0, 255]))
    .boolean(4, true)
    .message(16, (inner) => inner.string(1, 'x'))
    .message(17, () => undefined)
    .finish();
  const theirs = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string(long)
    .tag(9, WireType.LengthDelimited)
    .bytes(Uint8Array.from([0, 255]))
    .tag(4, WireType.Varint)
    .bool(true);
  theirs.tag(16, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string('x').join();
  theirs.tag(17, WireType.LengthDelimited).fork().join();
  expect(Buffer.from(ours)).toEqual(Buffer.from(theirs.finish()));
  const reader = new BinaryReader(ours);
  expect(reader.tag()).toEqual([1, WireType.LengthDelimited]);
  expect(reader.string()).toBe(long);
});

test('defaults are left out (proto3)', () => {
  expect(new WireWriter().string(1, '').integer(2, 0).boolean(3, false).finish()).toHaveLength(0);
});

test('fields of other wire types are skipped', () => {
  const bytes = new BinaryWriter()
    .tag(1, WireType.Bit64)
    .fixed64(7)
    .tag(2, WireType.Bit32)
    .fixed32(7)
    .tag(3, WireType.Varint)
    .uint32(7)
    .finish();
  expect([...readWire(bytes)]).toEqual([{ field: 3, value: 7 }]);
});

test.each([
  ['within a number', [0x10, 0x80]],
  ['within a field', [0x0a, 5, 1]],
])('a message that ends %s is not valid', (where, bytes) => {
  expect(() => [...readWire(Uint8Array.from(bytes))]).toThrow(`a protobuf message ends ${where}`);
});
