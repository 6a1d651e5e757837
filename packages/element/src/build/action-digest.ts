import { digestOf } from '../cas/digest.js';
import { writeDigest } from '../cas/directory.js';
import { canonicalJson } from '../base/json.js';
import type { Action, Key } from '../plugin/ports.js';
import { WireWriter } from '../cas/wire.js';
import { batchScript } from '../sandbox/batch-script.js';
import { SANDBOX_CONTRACT_VERSION } from '../sandbox/contract.js';

/**
 * The name of an action: the hash of REAPI's `Action`, made of its `Command` and its input root. What a remote worker
 * has no field for (the contract's version, what of this machine is bound in, what can be written) is its `salt`.
 */
export function actionKey(action: Action): Key {
  const { timeoutSeconds } = action.limits;
  const writer = new WireWriter();
  writeDigest(writer, 1, digestOf(encodeCommand(action)));
  writeDigest(writer, 2, action.root);
  if (timeoutSeconds !== undefined) writer.message(6, (duration) => duration.integer(1, timeoutSeconds));
  writer.bytes(9, Buffer.from(saltOf(action), 'utf8'));
  writePlatform(writer, 10, action);
  return digestOf(writer.finish()).hash as Key;
}

function encodeCommand(action: Action): Uint8Array {
  const writer = new WireWriter();
  for (const argument of ['sh', '-c', batchScript(action.steps)]) writer.string(1, argument);
  writePlatform(writer, 5, action);
  for (const output of [...action.outputs].sort()) writer.string(7, output);
  return writer.finish();
}

/** Properties are sorted by name (REAPI, `Platform`). */
function writePlatform(writer: WireWriter, field: number, { platform }: Action): void {
  writer.message(field, (message) => {
    message.message(1, (property) => property.string(1, 'ISA').string(2, platform.arch));
    message.message(1, (property) => property.string(1, 'OSFamily').string(2, platform.os));
  });
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
