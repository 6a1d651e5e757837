import { assertElementName } from './element-name.js';
import { ElementError } from '../../base/error.js';
import type { ErrorCollector } from '../../base/error-collector.js';
import type { MappingNode, Node, ScalarNode } from '../node.js';
import type { Origin } from '../../base/origin.js';

/** A dependency as an element's file declares it, all mentions of one element merged. */
export interface DependencyDeclaration {
  readonly name: string;
  readonly type: 'build' | 'runtime' | 'all';
  /** One for each mention that has a `config`. */
  readonly configs: readonly MappingNode[];
  /** The place of the first mention. */
  readonly origin: Origin;
}

type DependencyType = DependencyDeclaration['type'];

const LISTS = [
  ['build-depends', 'build'],
  ['runtime-depends', 'runtime'],
  ['depends', undefined],
] as const;

/**
 * Reads `build-depends`, `runtime-depends` and `depends`, in this order. An element that is mentioned more than once is
 * one dependency with all the types and configurations that the mentions have (BuildStream reference: redundant
 * dependency declarations); only within one list of names is a repeated name an error.
 */
export function readDependencies(element: MappingNode, errors: ErrorCollector): DependencyDeclaration[] {
  const merged = new Map<string, DependencyDeclaration>();
  for (const [key, type] of LISTS) {
    const list = errors.attempt(() => element.sequence(key));
    for (const item of list?.items ?? []) {
      for (const declared of errors.attempt(() => readDependency(item, type)) ?? []) {
        const before = merged.get(declared.name);
        merged.set(declared.name, before === undefined ? declared : merge(before, declared));
      }
    }
  }
  return [...merged.values()];
}

function merge(before: DependencyDeclaration, after: DependencyDeclaration): DependencyDeclaration {
  return {
    name: before.name,
    type: before.type === after.type ? before.type : 'all',
    configs: [...before.configs, ...after.configs],
    origin: before.origin,
  };
}

function readDependency(item: Node, listed: DependencyType | undefined): DependencyDeclaration[] {
  if (item.type === 'scalar') {
    assertElementName(item.asString(), item.origin);
    return [{ name: item.asString(), type: listed ?? 'all', configs: [], origin: item.origin }];
  }
  if (item.type === 'sequence') {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: 'Dependency is not specified as a string or a dictionary',
      origin: item.origin,
    });
  }
  const names = readNames(item);
  item.validateKeys([...(listed === undefined ? ['type'] : []), 'filename', 'junction', 'strict', 'config']);
  const type = listed ?? readType(item);
  refuseJunction(item);
  checkStrict(item, type, names);
  const config = item.mapping('config');
  if (config !== undefined && type === 'runtime') {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: "Specifying 'config' for a runtime dependency is not allowed",
      origin: config.origin,
    });
  }
  return names.map((name) => ({
    name: name.asString(),
    type,
    configs: config === undefined ? [] : [config],
    origin: item.origin,
  }));
}

function readType(item: MappingNode): DependencyType {
  const node = item.scalar('type');
  const type = node?.asString() ?? 'all';
  if (type === 'build' || type === 'runtime' || type === 'all') return type;
  throw new ElementError({
    code: 'INVALID_DATA',
    message: `Dependency type '${type}' is not 'build', 'runtime' or 'all'`,
    origin: node?.origin,
  });
}

function readNames(item: MappingNode): ScalarNode[] {
  const node = item.required('filename', item.get('filename'));
  const names = node.type === 'sequence' ? node.scalars() : [item.required('filename', item.scalar('filename'))];
  const seen = new Set<string>();
  for (const name of names) {
    assertElementName(name.asString(), name.origin);
    if (seen.has(name.asString())) {
      throw new ElementError({
        code: 'DUPLICATE_DEPENDENCY',
        message: `Dependency \`${name.asString()}\` is listed twice`,
        origin: name.origin,
      });
    }
    seen.add(name.asString());
  }
  return names;
}

/** `strict: true` is what every dependency is here: an element is built again whenever a dependency has changed. */
function checkStrict(item: MappingNode, type: DependencyType, names: readonly ScalarNode[]): void {
  const node = item.scalar('strict');
  if (node === undefined) return;
  if (!node.asBoolean('strict')) {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: "Setting 'strict' to False is unsupported",
      origin: node.origin,
    });
  }
  if (type === 'runtime') {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `Runtime dependency ${names.map((name) => name.asString()).join(', ')} specified as \`strict\`.`,
      origin: item.origin,
      detail: 'Only dependencies required at build time may be declared `strict`.',
    });
  }
}

function refuseJunction(item: MappingNode): void {
  const junction = item.get('junction');
  if (junction === undefined) return;
  throw new ElementError({
    code: 'UNSUPPORTED_PROJECT',
    message: 'Elements of other projects are not supported yet: `junction`',
    origin: junction.origin,
    hint: 'copy the element into this project',
  });
}
