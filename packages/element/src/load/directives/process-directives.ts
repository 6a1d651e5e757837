import type { Directive, LoadContext } from './directive.js';
import { unsupported } from './unsupported.js';
import { MappingNode, SequenceNode, type Node } from '../node.js';

/** In the order in which they are carried out in a dictionary. */
const DIRECTIVES: readonly Directive[] = [
  unsupported('(!)', 'Assertions'),
  unsupported('(?)', 'Conditionals'),
  unsupported('(@)', 'Includes'),
];

/**
 * Carries out the directives of a document: in each dictionary those of its own, then those of what it holds. What a
 * directive puts there is looked at as well. A document without directives, as most are, is returned as it is.
 *
 * @throws ElementError INVALID_DATA if a directive is not written as it must be
 */
export async function processDirectives(document: MappingNode, context: LoadContext): Promise<MappingNode> {
  return hasDirectives(document) ? await processMapping(document, context) : document;
}

function hasDirectives(node: Node): boolean {
  switch (node.type) {
    case 'scalar':
      return false;
    case 'sequence':
      return node.items.some(hasDirectives);
    case 'mapping':
      if (DIRECTIVES.some(({ key }) => node.has(key))) return true;
      for (const value of node.entries.values()) if (hasDirectives(value)) return true;
      return false;
    default: {
      const unknown: never = node;
      throw new Error(`no such node: ${String(unknown)}`);
    }
  }
}

async function processNode(node: Node, context: LoadContext): Promise<Node> {
  switch (node.type) {
    case 'scalar':
      return node;
    case 'sequence': {
      const items: Node[] = [];
      for (const item of node.items) items.push(await processNode(item, context));
      return new SequenceNode(items, node.origin);
    }
    case 'mapping':
      return await processMapping(node, context);
    default: {
      const unknown: never = node;
      throw new Error(`no such node: ${String(unknown)}`);
    }
  }
}

async function processMapping(node: MappingNode, context: LoadContext): Promise<MappingNode> {
  let current = node;
  for (const directive of DIRECTIVES) {
    const value = current.get(directive.key);
    if (value !== undefined) current = await directive.apply(without(current, directive.key), value, context);
  }
  const entries = new Map<string, Node>();
  for (const [key, value] of current.entries) entries.set(key, await processNode(value, context));
  return new MappingNode(entries, current.origin);
}

function without(node: MappingNode, key: string): MappingNode {
  const entries = new Map(node.entries);
  entries.delete(key);
  return new MappingNode(entries, node.origin);
}
