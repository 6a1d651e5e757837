import { ElementError } from '../../base/error.js';
import { formatOrigin } from '../../base/origin.js';
import { MappingNode, SequenceNode, type Node } from '../node.js';

/** The keys of a dictionary that changes a list of the layer below it, instead of being a dictionary itself. */
const LIST_DIRECTIVES: ReadonlySet<string> = new Set(['(=)', '(<)', '(>)']);

/**
 * Lays one dictionary over another (BuildStream reference: composition). Scalars and lists of `upper` replace what
 * `lower` has, dictionaries are composed key by key, and `(=)`, `(<)`, `(>)` replace, prepend to and append to a list.
 * A directive without a list below it stays, so that it can act on one in a layer still below.
 *
 * Neither argument is changed. Every value keeps its own place; a dictionary or list that is changed keeps the place
 * it has in `lower`.
 *
 * @throws ElementError ILLEGAL_COMPOSITE if the types do not go together
 * @throws ElementError INVALID_DATA if a dictionary has list directives and other keys
 */
export function composite(lower: MappingNode, upper: MappingNode): MappingNode {
  if (upper.entries.size === 0) return lower;
  const entries = new Map(lower.entries);
  for (const [key, value] of upper.entries) entries.set(key, compositeValue(key, entries.get(key), value));
  return new MappingNode(entries, lower.origin);
}

/** @throws ElementError TRAILING_LIST_DIRECTIVE at a dictionary whose list directives found no list */
export function assertComposited(node: Node): void {
  if (node.type === 'scalar') return;
  if (node.type === 'sequence') {
    for (const item of node.items) assertComposited(item);
    return;
  }
  for (const [key, value] of node.entries) {
    if (LIST_DIRECTIVES.has(key)) {
      throw new ElementError({
        code: 'TRAILING_LIST_DIRECTIVE',
        message: 'Attempt to override non-existing list',
        origin: node.origin,
      });
    }
    assertComposited(value);
  }
}

function compositeValue(key: string, lower: Node | undefined, upper: Node): Node {
  switch (upper.type) {
    case 'scalar':
      if (lower === undefined || lower.type === 'scalar') return upper;
      throw illegal(`Cannot compose a scalar onto a ${typeName(lower)} at '${key}'`, upper, lower);
    case 'sequence':
      if (lower === undefined || lower.type === 'sequence' || hasListDirectives(lower)) return upper;
      throw illegal(`Cannot compose a list onto a ${typeName(lower)} at '${key}'`, upper, lower);
    case 'mapping':
      return hasListDirectives(upper) ? compositeDirectives(key, lower, upper) : compositeMapping(key, lower, upper);
    default: {
      const unknown: never = upper;
      throw new Error(`no such node: ${String(unknown)}`);
    }
  }
}

function compositeMapping(key: string, lower: Node | undefined, upper: MappingNode): MappingNode {
  if (lower === undefined) return composite(MappingNode.empty(upper.origin), upper);
  if (lower.type === 'mapping' && !hasListDirectives(lower)) return composite(lower, upper);
  throw illegal(`Cannot compose a dictionary onto a ${typeName(lower)} at '${key}'`, upper, lower);
}

function compositeDirectives(key: string, lower: Node | undefined, upper: MappingNode): Node {
  for (const directive of upper.keys()) upper.sequence(directive);
  if (lower === undefined) return upper;
  const clobber = upper.sequence('(=)');
  const prefix = upper.sequence('(<)')?.items ?? [];
  const suffix = upper.sequence('(>)')?.items ?? [];
  if (lower.type === 'sequence') {
    return new SequenceNode([...prefix, ...(clobber?.items ?? lower.items), ...suffix], lower.origin);
  }
  if (lower.type === 'mapping' && hasListDirectives(lower)) {
    if (clobber !== undefined) return upper;
    const entries = new Map(lower.entries);
    const join = (directive: string, items: (below: readonly Node[]) => readonly Node[]): void => {
      const own = upper.sequence(directive);
      if (own === undefined) return;
      const below = lower.sequence(directive);
      entries.set(directive, new SequenceNode(items(below?.items ?? []), (below ?? own).origin));
    };
    join('(<)', (below) => [...prefix, ...below]);
    join('(>)', (below) => [...below, ...suffix]);
    return new MappingNode(entries, lower.origin);
  }
  throw illegal(`Cannot compose list directives onto a ${typeName(lower)} at '${key}'`, upper, lower);
}

/** @throws ElementError INVALID_DATA if the dictionary has other keys too */
function hasListDirectives(node: Node): boolean {
  if (node.type !== 'mapping') return false;
  let directives = 0;
  for (const key of node.entries.keys()) if (LIST_DIRECTIVES.has(key)) directives += 1;
  if (directives > 0 && directives < node.entries.size) {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: 'Dictionary contains list composition directives and arbitrary keys',
      origin: node.origin,
    });
  }
  return directives > 0;
}

function typeName(node: Node): string {
  switch (node.type) {
    case 'scalar':
      return 'scalar';
    case 'sequence':
      return 'list';
    case 'mapping':
      return 'dictionary';
    default: {
      const unknown: never = node;
      throw new Error(`no such node: ${String(unknown)}`);
    }
  }
}

function illegal(message: string, upper: Node, lower: Node): ElementError {
  return new ElementError({
    code: 'ILLEGAL_COMPOSITE',
    message: `${message}, which was written at ${formatOrigin(lower.origin)}`,
    origin: upper.origin,
  });
}
