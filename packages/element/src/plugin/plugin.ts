import type { Json } from '../base/json.js';
import { ElementError } from '../base/error.js';
import { type MappingNode, type Node, type ScalarNode, type SequenceNode, unexpectedType } from '../load/node.js';
import type { Origin } from '../base/origin.js';

/** The types {@link Plugin.nodeGetMember} knows, by the names BuildStream's messages use. @public */
export interface MemberTypes {
  str: string;
  int: number;
  bool: boolean;
  list: SequenceNode;
  dict: MappingNode;
}

/** The identity of a kind: part of the key of everything built by it. @public */
export interface KindIdentity {
  readonly kind: string;
  /** The plugin author's version: raised whenever the same configuration builds something else. */
  readonly formatVersion: number;
  /** SHA-256 of the kind's defaults, if it has any. */
  readonly defaults?: string;
  /** What the plugin was loaded from, if that is not this package: a package's version, a file's SHA-256. */
  readonly origin?: Json;
}

/** What every plugin is constructed with. @public */
export interface PluginMeta {
  readonly identity: KindIdentity;
  /**
   * What messages call it: an element's full name (`junction.bst:name.bst`, or the name alone in the project that was
   * opened), or a source's element and index.
   */
  readonly name: string;
  /** Where it was declared. */
  readonly origin: Origin;
}

/** What elements and sources have in common (BuildStream reference: `Plugin`). @public */
export abstract class Plugin {
  readonly identity: KindIdentity;
  readonly name: string;
  readonly origin: Origin;

  constructor(meta: PluginMeta) {
    this.identity = meta.identity;
    this.name = meta.name;
    this.origin = meta.origin;
  }

  get kind(): string {
    return this.identity.kind;
  }

  /** Reads the configuration. Called once, before anything else. @throws ElementError if it is not as it must be */
  abstract configure(node: MappingNode): void;

  /** Looks whether this machine has what the plugin needs; runs once the whole graph stands. @throws ElementError */
  preflight(): void | Promise<void> {
    return;
  }

  /** Everything of the configuration that can change the output. */
  abstract getUniqueKey(): Json;

  /**
   * A member of a dictionary, of the type asked for.
   *
   * @param fallback the value where the member is absent; without it the member is required
   * @throws ElementError INVALID_DATA naming file, line and column
   */
  nodeGetMember<T extends keyof MemberTypes>(
    node: MappingNode,
    type: T,
    name: string,
    fallback?: MemberTypes[T],
  ): MemberTypes[T] {
    const member = node.get(name);
    if (member === undefined && fallback !== undefined) return fallback;
    return convert(node.required(name, member), type, name);
  }

  /** Element `index` (from 0) of the list under `name`. @throws ElementError INVALID_DATA */
  nodeGetListElement<T extends keyof MemberTypes>(
    node: MappingNode,
    type: T,
    name: string,
    index: number,
  ): MemberTypes[T] {
    const list = this.nodeGetMember(node, 'list', name);
    const item = list.items[index];
    if (item === undefined) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `List '${name}' has no element ${index}: it has ${list.items.length}`,
        origin: list.origin,
      });
    }
    return convert(item, type, `${name}[${index}]`);
  }

  /** Refuses keys that are not among `validKeys`. @throws ElementError INVALID_DATA at the first such value */
  nodeValidate(node: MappingNode, validKeys: readonly string[]): void {
    node.validateKeys(validKeys);
  }

  /** The scalar itself, for a plugin that needs its place too. */
  protected nodeGetScalar(node: MappingNode, name: string): ScalarNode {
    return node.required(name, node.scalar(name));
  }
}

function convert<T extends keyof MemberTypes>(node: Node, type: T, name: string): MemberTypes[T];
function convert(node: Node, type: keyof MemberTypes, name: string): MemberTypes[keyof MemberTypes] {
  switch (type) {
    case 'str':
      if (node.type === 'scalar') return node.asString();
      break;
    case 'int':
      if (node.type === 'scalar') return node.asInteger(name);
      break;
    case 'bool':
      if (node.type === 'scalar') return node.asBoolean(name);
      break;
    case 'list':
      if (node.type === 'sequence') return node;
      break;
    case 'dict':
      if (node.type === 'mapping') return node;
      break;
    default: {
      const unknown: never = type;
      throw new Error(`no such member type: ${String(unknown)}`);
    }
  }
  throw unexpectedType(node, name, type);
}
