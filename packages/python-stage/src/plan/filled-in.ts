import { ElementError, type MappingNode, type Node } from '@wheelhouse/element';
import { ErrorCollector } from '@wheelhouse/element/internal';

/**
 * Refuses values in a project's own template that the plan generates (docs/adr/0047), which would be replaced silently.
 * A value that equals the plan's is accepted.
 *
 * @param ejected the project's own template
 * @param filledIn what the plan lays over it
 * @throws ElementError INVALID_DATA at the value @throws ElementErrors if there is more than one
 */
export function checkFilledIn(ejected: MappingNode, filledIn: MappingNode): void {
  const errors = new ErrorCollector();
  check(ejected, filledIn, { path: [], errors });
  errors.throwIfAny();
}

interface Check {
  /** The keys that lead to what is looked at. */
  readonly path: readonly string[];
  readonly errors: ErrorCollector;
}

function check(ejected: MappingNode, filledIn: MappingNode, { path, errors }: Check): void {
  for (const [key, value] of filledIn.entries) {
    const own = ejected.get(key);
    const at = [...path, key];
    if (own === undefined) continue;
    if (value.type === 'mapping') {
      const below = errors.attempt(() => ejected.mapping(key));
      if (below !== undefined) check(below, value, { path: at, errors });
    } else if (own.type !== 'scalar' || value.type !== 'scalar' || own.asString() !== value.asString()) {
      errors.add(refusal(at, own, value));
    }
  }
}

function refusal(path: readonly string[], own: Node, filledIn: Node): ElementError {
  const what = `\`${path.join('.')}\``;
  return new ElementError({
    code: 'INVALID_DATA',
    message:
      own.type === 'scalar' && filledIn.type === 'scalar'
        ? `${what} is \`${own.asString()}\`, but is generated as \`${filledIn.asString()}\``
        : `${what} is generated, and cannot be set here`,
    origin: own.origin,
    hint: "remove it: it is derived from the project's metadata and locks, and from the options of the plugin and the target",
  });
}
