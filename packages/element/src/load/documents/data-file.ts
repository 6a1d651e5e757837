import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { errnoOf } from '../../base/errno.js';
import { ElementError } from '../../base/error.js';
import { MappingNode, ScalarNode, SequenceNode, type Node } from '../node.js';
import type { Origin } from '../../base/origin.js';
import { readTextFile } from '../../base/text-file.js';
import { parseYaml } from './yaml.js';

/** A YAML file that comes with a package: a kind's defaults, a template. */
export interface DataFile {
  readonly node: MappingNode;
  /** SHA-256 of its text, in hexadecimal. */
  readonly digest: string;
}

/**
 * Reads a YAML file of a package. Beside it may be `<path>.json`, what {@link compileDataFile} made of the same text
 * when the package was built; then nothing has to be parsed.
 *
 * @param path absolute
 * @throws ElementError INVALID_YAML, MISSING_FILE, and as {@link readTextFile}
 */
export function readDataFile(path: string): DataFile {
  const text = readTextFile(path);
  if (text === undefined) throw new ElementError({ code: 'MISSING_FILE', message: `file \`${path}\` does not exist` });
  const digest = createHash('sha256').update(text).digest('hex');
  const compiled = readCompiled(`${path}.json`);
  const file = basename(path);
  if (compiled?.digest === digest) return { node: decodeMapping(compiled.node, file), digest };
  return { node: parseYaml(text, file), digest };
}

/** The text of the file that {@link readDataFile} takes in place of parsing `text`. */
export function compileDataFile(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return JSON.stringify({ digest, node: encode(parseYaml(text, '')) } satisfies Compiled);
}

interface Compiled {
  readonly digest: string;
  readonly node: CompiledMapping;
}

/** Line and column, then the value: a scalar, items, or keys and values in turn. */
type CompiledScalar = readonly [line: number, column: number, type: 's', value: string | null];
type CompiledSequence = readonly [line: number, column: number, type: 'l', items: readonly CompiledNode[]];
type CompiledMapping = readonly [
  line: number,
  column: number,
  type: 'd',
  entries: readonly (readonly [string, CompiledNode])[],
];
type CompiledNode = CompiledScalar | CompiledSequence | CompiledMapping;

function encode(node: MappingNode): CompiledMapping;
function encode(node: Node): CompiledNode;
function encode(node: Node): CompiledNode {
  const { line, column } = node.origin;
  switch (node.type) {
    case 'scalar':
      return [line, column, 's', node.value];
    case 'sequence':
      return [line, column, 'l', node.items.map((item) => encode(item))];
    case 'mapping':
      return [line, column, 'd', [...node.entries].map(([key, value]) => [key, encode(value)] as const)];
    default: {
      const unknown: never = node;
      throw new Error(`no such node: ${String(unknown)}`);
    }
  }
}

function decode(compiled: CompiledNode, file: string): Node {
  const [line, column] = compiled;
  const origin: Origin = { file, line, column };
  switch (compiled[2]) {
    case 's':
      return new ScalarNode(compiled[3], origin);
    case 'l':
      return new SequenceNode(
        compiled[3].map((item) => decode(item, file)),
        origin,
      );
    case 'd':
      return decodeMapping(compiled, file);
  }
}

function decodeMapping([line, column, , entries]: CompiledMapping, file: string): MappingNode {
  return new MappingNode(new Map(entries.map(([key, value]) => [key, decode(value, file)])), { file, line, column });
}

function readCompiled(path: string): Compiled | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Compiled;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
