import { ElementError, type MappingNode } from '@wheelhouse/element';
import type { LockedPackage } from './toolchain.js';

/** A package as toolchain.lock has it. @throws ElementError INVALID_DATA with the position */
export function packageEntry(node: MappingNode): LockedPackage {
  node.validateKeys(['name', 'version', 'architecture', 'suite', 'path', 'size', 'sha256', 'rank', 'needs']);
  const sha256 = node.required('sha256', node.scalar('sha256'));
  if (!/^[0-9a-f]{64}$/.test(sha256.asString())) {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `\`${sha256.asString()}\` is not a SHA-256`,
      origin: sha256.origin,
      hint: 'it must be 64 hexadecimal digits',
    });
  }
  const needs = node.sequence('needs')?.scalars() ?? [];
  return {
    name: text(node, 'name'),
    version: text(node, 'version'),
    architecture: text(node, 'architecture'),
    suite: text(node, 'suite'),
    path: text(node, 'path'),
    size: node.required('size', node.scalar('size')).asInteger('size'),
    sha256: sha256.asString(),
    rank: node.required('rank', node.scalar('rank')).asInteger('rank'),
    needs: needs.map((need) => need.asString().split(' | ')),
  };
}

/** The text of a member that has to exist. @throws ElementError INVALID_DATA */
export function text(node: MappingNode, key: string): string {
  return node.required(key, node.scalar(key)).asString();
}
