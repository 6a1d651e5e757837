import { ElementError } from '../../base/error.js';
import type { ErrorCollector } from '../../base/error-collector.js';
import type { Node } from '../node.js';

/** The keys of a dictionary that changes a list of the layer below it, instead of being a dictionary itself. */
export const LIST_DIRECTIVES: ReadonlySet<string> = new Set(['(=)', '(<)', '(>)']);

const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['(@)', 'Includes'],
  ['(?)', 'Conditionals'],
  ['(!)', 'Assertions'],
]);

/** Collects an UNSUPPORTED_PROJECT error for every directive below `node` that is not acted upon, at its place. */
export function refuseUnsupportedDirectives(node: Node, errors: ErrorCollector): void {
  if (node.type === 'scalar') return;
  if (node.type === 'sequence') {
    for (const item of node.items) refuseUnsupportedDirectives(item, errors);
    return;
  }
  for (const [key, value] of node.entries) {
    const what = UNSUPPORTED.get(key);
    if (what === undefined) refuseUnsupportedDirectives(value, errors);
    else {
      errors.add(
        new ElementError({
          code: 'UNSUPPORTED_PROJECT',
          message: `${what} are not supported yet: \`${key}\``,
          origin: value.origin,
          hint: 'write what it stands for in its place',
        }),
      );
    }
  }
}
