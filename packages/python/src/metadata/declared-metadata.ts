import type { Origin } from '@wheelhouse/element';
import { isPlaced, type Declaration, type Field } from './declaration.js';
import type { EntryPoints } from './entry-points.js';
import { fieldOf, type Declarations } from './field-of.js';

/**
 * Which fields of a wheel's metadata a project's files say without being run, and where (docs/adr/0078). What is absent
 * was not read: a hook or the code of setup.py decides it. Plain data.
 */
export interface DeclaredMetadata {
  readonly description?: Origin;
  readonly requiresPython?: Origin;
  /** The first `count` of the metadata's `dependencies` are those of the wheel. */
  readonly dependencies?: { readonly count: number; readonly origin: Origin };
  readonly extras?: Origin;
  /** Whole groups; others were not read. */
  readonly entryPoints?: { readonly groups: EntryPoints; readonly origin: Origin };
  /** Where the long description is: files relative to the project, none if the text itself is given. */
  readonly readme?: { readonly files: readonly string[]; readonly origin: Origin };
}

/** @param count how many of the metadata's dependencies are declared, and not from requirements files alone */
export function declaredMetadata(declarations: Declarations, count: number): DeclaredMetadata {
  const dependencies = placeOf(declarations, 'dependencies', 'dependencies');
  const extras = placeOf(declarations, 'extras', 'optional-dependencies');
  const requiresPython = placeOf(declarations, 'requiresPython', 'requires-python');
  const description = fieldOf(declarations, 'description', 'description');
  const entryPoints = fieldOf(declarations, 'entryPoints', 'entry-points');
  const readme = fieldOf(declarations, 'readme', 'readme');
  return {
    ...(isPlaced(description) ? { description: description.origin } : {}),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...(dependencies === undefined ? {} : { dependencies: { count, origin: dependencies } }),
    ...(extras === undefined ? {} : { extras }),
    ...(isPlaced(entryPoints) ? { entryPoints: { groups: entryPoints.value, origin: entryPoints.origin } } : {}),
    ...(isPlaced(readme) ? { readme: { files: readme.value, origin: readme.origin } } : {}),
  };
}

/** Where a field was read. What `[project]` leaves out and does not call dynamic is said to be empty (PEP 621). */
function placeOf(declarations: Declarations, key: keyof Declaration, dynamicName: string): Origin | undefined {
  const field: Field<unknown> = fieldOf(declarations, key, dynamicName);
  const { project, dynamic } = declarations.pyproject;
  if (field !== undefined) return isPlaced(field) ? field.origin : undefined;
  return dynamic.has(dynamicName) ? undefined : project?.name?.origin;
}
