import { ElementError } from '../base/error.js';
import type { Origin } from '../base/origin.js';

/** A value of an element file: everything of YAML that the format allows, with its position. @public */
export type Node = ScalarNode | SequenceNode | MappingNode;

/** A plain copy of a node, without positions. @public */
export type Plain = string | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A string, a number or a boolean: every scalar is kept as the text that was written. @public */
export class ScalarNode {
  readonly type = 'scalar';

  /** @param value the text as written, or `null` for an empty value */
  constructor(
    readonly value: string | null,
    readonly origin: Origin,
  ) {}

  asString(): string {
    return this.value ?? '';
  }

  /** @throws ElementError INVALID_DATA unless the text is a decimal integer */
  asInteger(describe: string): number {
    if (!/^[+-]?\d+$/.test(this.asString())) throw unexpectedType(this, describe, 'int');
    return Number(this.asString());
  }

  /** @throws ElementError INVALID_DATA unless the text is `True`, `true`, `False` or `false` */
  asBoolean(describe: string): boolean {
    switch (this.asString()) {
      case 'True':
      case 'true':
        return true;
      case 'False':
      case 'false':
        return false;
      default:
        throw unexpectedType(this, describe, 'bool');
    }
  }

  toPlain(): string | null {
    return this.value;
  }
}

/** A list. @public */
export class SequenceNode {
  readonly type = 'sequence';

  constructor(
    readonly items: readonly Node[],
    readonly origin: Origin,
  ) {}

  /** The items, each of which must be a scalar. @throws ElementError INVALID_DATA */
  scalars(): ScalarNode[] {
    return this.items.map((item, index) => {
      if (item.type !== 'scalar') throw unexpectedItem(item, index, 'scalar');
      return item;
    });
  }

  /** The items, each of which must be a mapping. @throws ElementError INVALID_DATA */
  mappings(): MappingNode[] {
    return this.items.map((item, index) => {
      if (item.type !== 'mapping') throw unexpectedItem(item, index, 'dict');
      return item;
    });
  }

  toPlain(): readonly Plain[] {
    return this.items.map((item) => item.toPlain());
  }
}

/** A dictionary; its keys keep the order in which they were written. @public */
export class MappingNode {
  readonly type = 'mapping';

  constructor(
    readonly entries: ReadonlyMap<string, Node>,
    readonly origin: Origin,
  ) {}

  static empty(origin: Origin): MappingNode {
    return new MappingNode(new Map(), origin);
  }

  keys(): string[] {
    return [...this.entries.keys()];
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  get(key: string): Node | undefined {
    return this.entries.get(key);
  }

  /** The scalar under `key`, or `undefined` if there is none. @throws ElementError INVALID_DATA for another type */
  scalar(key: string): ScalarNode | undefined {
    const node = this.entries.get(key);
    if (node !== undefined && node.type !== 'scalar') throw unexpectedType(node, key, 'scalar');
    return node;
  }

  /** The list under `key`, or `undefined`. @throws ElementError INVALID_DATA for another type */
  sequence(key: string): SequenceNode | undefined {
    const node = this.entries.get(key);
    if (node !== undefined && node.type !== 'sequence') throw unexpectedType(node, key, 'list');
    return node;
  }

  /** The dictionary under `key`, or `undefined`. @throws ElementError INVALID_DATA for another type */
  mapping(key: string): MappingNode | undefined {
    const node = this.entries.get(key);
    if (node !== undefined && node.type !== 'mapping') throw unexpectedType(node, key, 'dict');
    return node;
  }

  /** `value` where it is there. @throws ElementError INVALID_DATA naming this dictionary's place and the missing key */
  required<T>(key: string, value: T | undefined): T {
    if (value === undefined) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `Dictionary did not contain expected key '${key}'`,
        origin: this.origin,
      });
    }
    return value;
  }

  /**
   * Refuses every key that is not in `valid`, at the place of its value as BuildStream does.
   *
   * @throws ElementError INVALID_DATA
   */
  validateKeys(valid: readonly string[]): void {
    for (const [key, value] of this.entries) {
      if (!valid.includes(key)) {
        throw new ElementError({
          code: 'INVALID_DATA',
          message: `Unexpected key: ${key}`,
          origin: value.origin,
          hint: `known keys are ${valid.map((name) => `\`${name}\``).join(', ')}`,
        });
      }
    }
  }

  toPlain(): { readonly [key: string]: Plain } {
    return Object.fromEntries([...this.entries].map(([key, value]) => [key, value.toPlain()]));
  }
}

/** The node of a plain value: everything in it is said to have been written at `origin`. */
export function toNode(value: Plain, origin: Origin): Node {
  if (value === null || typeof value === 'string') return new ScalarNode(value, origin);
  if (isList(value)) {
    return new SequenceNode(
      value.map((item) => toNode(item, origin)),
      origin,
    );
  }
  return toMapping(value, origin);
}

/** The dictionary of a plain one, as {@link toNode}. */
export function toMapping(value: { readonly [key: string]: Plain }, origin: Origin): MappingNode {
  return new MappingNode(new Map(Object.entries(value).map(([key, item]) => [key, toNode(item, origin)])), origin);
}

function isList(value: readonly Plain[] | { readonly [key: string]: Plain }): value is readonly Plain[] {
  return Array.isArray(value);
}

/** The names of types as BuildStream's messages give them. */
export type TypeName = 'scalar' | 'str' | 'int' | 'bool' | 'list' | 'dict';

/** The error for a value of the wrong type, worded as BuildStream's. */
export function unexpectedType(node: Node, key: string, expected: TypeName): ElementError {
  return new ElementError({
    code: 'INVALID_DATA',
    message: `Value of '${key}' is not of the expected type '${expected}'`,
    origin: node.origin,
  });
}

function unexpectedItem(node: Node, index: number, expected: TypeName): ElementError {
  return unexpectedType(node, `[${index}]`, expected);
}
