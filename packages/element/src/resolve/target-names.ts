import { ElementError } from '../base/error.js';
import { ErrorCollector } from '../base/error-collector.js';
import { assertElementCharacters, assertElementName } from '../load/declarations/element-name.js';
import { isGlob, nameGlob } from '../base/glob.js';
import type { Origin } from '../base/origin.js';
import type { LoadedProject } from '../load/declarations/project.js';

/** An element that is asked for. */
export interface TargetName {
  readonly name: string;
  /** Where it is asked for, if a file does. */
  readonly origin?: Origin;
}

/**
 * The elements that are meant: those named, those that a glob matches, or those a project means by default.
 *
 * @throws ElementErrors the names that cannot be an element's, and the globs that no element's name matches
 */
export async function targetNames(loaded: LoadedProject, targets: readonly string[]): Promise<TargetName[]> {
  const asked: readonly TargetName[] =
    targets.length > 0
      ? targets.map((name) => ({ name }))
      : loaded.project.defaultTargets.map((node) => ({ name: node.asString(), origin: node.origin }));
  if (asked.length === 0) return (await allNames(loaded)).map((name) => ({ name }));

  const errors = new ErrorCollector();
  const all = asked.some(({ name }) => isGlob(name)) ? await allNames(loaded) : [];
  const names = asked.flatMap((target) => (isGlob(target.name) ? matching(target, all, errors) : [target]));
  for (const check of [assertElementCharacters, assertElementName]) {
    for (const { name, origin } of names) {
      errors.attempt(() => {
        check(name, origin);
      });
    }
    errors.throwIfAny();
  }
  return names;
}

function matching(glob: TargetName, all: readonly string[], errors: ErrorCollector): TargetName[] {
  const matches = nameGlob(glob.name);
  const names = all.filter(matches);
  if (names.length === 0) {
    errors.add(
      new ElementError({
        code: 'MISSING_FILE',
        message: `No element's name matches \`${glob.name}\``,
        origin: glob.origin,
      }),
    );
  }
  return names.map((name) => ({ ...glob, name }));
}

async function allNames({ project, documents }: LoadedProject): Promise<string[]> {
  const prefix = project.elementPath.replace(/^(\.\/)+|\/+$/g, '');
  const below = prefix === '' || prefix === '.' ? '' : `${prefix}/`;
  return (await documents.list(project.elementPath))
    .filter((path) => path.endsWith('.bst'))
    .map((path) => path.slice(below.length));
}
