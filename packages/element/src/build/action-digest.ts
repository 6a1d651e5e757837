import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { digestOf } from '../plugin/digest.js';
import { writeDigest, writeString } from '../plugin/directory.js';
import { canonicalJson } from '../plugin/json.js';
import type { Action, Key } from '../plugin/ports.js';
import { batchScript } from '../sandbox/batch-script.js';
import { SANDBOX_CONTRACT_VERSION } from '../sandbox/contract.js';

/**
 * The name of an action: the hash of REAPI's `Action`, made of its `Command` and its input root. What a remote worker
 * has no field for (the contract's version, what of this machine is bound in, what can be written) is its `salt`.
 */
export function actionKey(action: Action): Key {
  const command = digestOf(encodeCommand(action));
  const writer = new BinaryWriter();
  writeDigest(writer, 1, command);
  writeDigest(writer, 2, action.root);
  if (action.limits.timeoutSeconds !== undefined) {
    writer.tag(6, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(action.limits.timeoutSeconds);
    writer.join();
  }
  writer.tag(9, WireType.LengthDelimited).bytes(Buffer.from(saltOf(action), 'utf8'));
  writePlatform(writer, 10, action);
  return digestOf(writer.finish()).hash as Key;
}

function encodeCommand(action: Action): Uint8Array {
  const writer = new BinaryWriter();
  for (const argument of ['sh', '-c', batchScript(action.steps)]) writeString(writer, 1, argument);
  writePlatform(writer, 5, action);
  for (const output of [...action.outputs].sort()) writeString(writer, 7, output);
  return writer.finish();
}

function writePlatform(writer: BinaryWriter, field: number, { platform }: Action): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  for (const [name, value] of [
    ['ISA', platform.arch],
    ['OSFamily', platform.os],
  ] as const) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeString(writer, 1, name);
    writeString(writer, 2, value);
    writer.join();
  }
  writer.join();
}

function saltOf(action: Action): string {
  return canonicalJson({
    contract: SANDBOX_CONTRACT_VERSION,
    host: action.hostIdentity ?? '',
    ids: { ...(action.ids ?? { uid: 0, gid: 0 }) },
    mounts: (action.host ?? []).map((mount) => ({ ...mount })),
    tmpfs: action.tmpfs,
    writable: action.writable,
  });
}
