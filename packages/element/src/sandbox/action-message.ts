import { canonicalJson } from '../base/json.js';
import type { BlobStore } from '../cas/blob-store.js';
import type { Digest } from '../cas/digest.js';
import { compareBytes, writeDigest } from '../cas/directory.js';
import { writeBlob } from '../cas/tree.js';
import { WireWriter } from '../cas/wire.js';
import type { Action } from '../plugin/ports.js';
import { batchCommand } from './batch-command.js';
import { SANDBOX_CONTRACT_VERSION, SANDBOX_GID, SANDBOX_UID } from './contract.js';
import { guestPath } from './guest-path.js';
import { inputRoot } from './input-root.js';

/** REAPI's `OutputDirectoryFormat.TREE_AND_DIRECTORY`: a record names root digests, and old servers only know trees. */
const TREE_AND_DIRECTORY = 2;

/**
 * Keeps an action as REAPI's `Action`, with its `Command` and its input root, as any server of the Remote Execution API
 * can run it. What has no field there (the contract's version, which parts of the root can be written, what is bound in
 * from this machine) is the action's salt.
 *
 * @returns the digest of the `Action`, which names the action
 * @throws ElementError STAGING if the root has something else in the place of a directory of the sandbox
 */
export async function writeAction(blobs: BlobStore, action: Action): Promise<Digest> {
  const command = await writeBlob(blobs, encodeCommand(action));
  return await writeBlob(blobs, encodeAction(action, command, await inputRoot(blobs, action)));
}

/**
 * REAPI's `Command`, canonical: one program for all steps, which starts in the input root, so that output paths are
 * relative to that. Environment, outputs and platform are sorted by code point. The platform is here, too, for servers
 * before version 2.2.
 */
export function encodeCommand(action: Action): Uint8Array {
  const command = batchCommand(action.steps);
  const writer = new WireWriter().strings(1, command.arguments);
  for (const [name, value] of command.environment) {
    writer.message(2, (variable) => variable.string(1, name).string(2, value));
  }
  writePlatform(writer, 5, action);
  return writer.strings(7, outputPaths(action)).integer(9, TREE_AND_DIRECTORY).finish();
}

/** REAPI's `Action`, canonical. */
export function encodeAction(action: Action, command: Digest, root: Digest): Uint8Array {
  const { timeoutSeconds } = action.limits;
  const writer = new WireWriter();
  writeDigest(writer, 1, command);
  writeDigest(writer, 2, root);
  if (timeoutSeconds !== undefined) {
    const seconds = Math.floor(timeoutSeconds);
    const nanos = Math.round((timeoutSeconds - seconds) * 1e9);
    writer.message(6, (duration) => duration.integer(1, seconds).integer(2, nanos));
  }
  writer.bytes(9, Buffer.from(saltOf(action), 'utf8'));
  writePlatform(writer, 10, action);
  return writer.finish();
}

/**
 * The outputs relative to the input root, each once. The root itself is `.`: the empty path is for the older field
 * `output_directories` alone, and buildbox collects nothing for it here.
 */
function outputPaths({ outputs }: Action): string[] {
  return [...new Set(outputs.map((path) => guestPath(path).slice(1) || '.'))].sort(compareBytes);
}

function writePlatform(writer: WireWriter, field: number, { platform, ids }: Action): void {
  const properties: [string, string][] = [
    ['ISA', platform.arch],
    ['OSFamily', platform.os],
  ];
  // Servers refuse properties that they do not know, so the usual ids are not named.
  if (ids !== undefined && (ids.uid !== SANDBOX_UID || ids.gid !== SANDBOX_GID)) {
    properties.push(['unixGID', String(ids.gid)], ['unixUID', String(ids.uid)]);
  }
  writer.message(field, (message) => {
    for (const [name, value] of properties) {
      message.message(1, (property) => property.string(1, name).string(2, value));
    }
  });
}

function saltOf(action: Action): string {
  return canonicalJson({
    contract: SANDBOX_CONTRACT_VERSION,
    host: action.hostIdentity ?? '',
    mounts: (action.host ?? []).map((mount) => ({ ...mount })),
    tmpfs: action.tmpfs,
    writable: action.writable,
  });
}
