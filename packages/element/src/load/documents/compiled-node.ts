import { MappingNode, ScalarNode, SequenceNode, type Node } from '../node.js';
import type { OriginOf } from '../../base/origin.js';

/** Line and column, then the value: a scalar, items, or keys and values in turn. */
type CompiledScalar = readonly [line: number, column: number, type: 's', value: string | null];
type CompiledSequence = readonly [line: number, column: number, type: 'l', items: readonly CompiledNode[]];
/** A node of a document as plain data: all that parsing its text gives. */
export type CompiledMapping = readonly [
  line: number,
  column: number,
  type: 'd',
  entries: readonly (readonly [string, CompiledNode])[],
];
type CompiledNode = CompiledScalar | CompiledSequence | CompiledMapping;

/** A node as plain data, without the name of its file. */
export function encodeNode(node: MappingNode): CompiledMapping;
export function encodeNode(node: Node): CompiledNode;
export function encodeNode(node: Node): CompiledNode {
  const { line, column } = node.origin;
  switch (node.type) {
    case 'scalar':
      return [line, column, 's', node.value];
    case 'sequence':
      return [line, column, 'l', node.items.map((item) => encodeNode(item))];
    case 'mapping':
      return [line, column, 'd', [...node.entries].map(([key, value]) => [key, encodeNode(value)] as const)];
    default: {
      const unknown: never = node;
      throw new Error(`no such node: ${String(unknown)}`);
    }
  }
}

/** The node that {@link encodeNode} was given. @param originOf makes the places in the file that it is read from */
export function decodeNode([line, column, , entries]: CompiledMapping, originOf: OriginOf): MappingNode {
  return new MappingNode(
    new Map(entries.map(([key, value]) => [key, decodeAny(value, originOf)])),
    originOf(line, column),
  );
}

function decodeAny(compiled: CompiledNode, originOf: OriginOf): Node {
  const [line, column] = compiled;
  switch (compiled[2]) {
    case 's':
      return new ScalarNode(compiled[3], originOf(line, column));
    case 'l':
      return new SequenceNode(
        compiled[3].map((item) => decodeAny(item, originOf)),
        originOf(line, column),
      );
    case 'd':
      return decodeNode(compiled, originOf);
  }
}
