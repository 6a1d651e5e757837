import { ElementError } from '@wheelhouse/element';
import { type ProjectMetadata, compareVersions, satisfies } from '@wheelhouse/python/internal';
import type { ProjectRequirements } from '@wheelhouse/python/lockfile';

/** Minor versions of Python 3 that are tried as one that all projects of a group admit. */
const MINORS = Array.from({ length: 100 }, (_, minor) => `3.${minor}`);

/** A project of a group, as far as its Python goes. */
export interface PythonOfMember {
  readonly project: Pick<ProjectMetadata, 'name' | 'requiresPython' | 'origins'>;
  readonly requirements: Pick<ProjectRequirements, 'python'>;
}

/**
 * The lowest Python that every project of a group admits; that of the interpreter if none of them says.
 *
 * @param interpreter the full version of an interpreter
 * @throws ElementError RESOLUTION if there is no Python for all of them
 */
export function groupPython(members: readonly PythonOfMember[], resolve: string, interpreter: string): string {
  const bounds = members.flatMap(({ requirements }) => requirements.python ?? []).sort(compareVersions);
  const specifiers = members.map(({ project }) => project.requiresPython ?? '');
  // A bound may be a patch release; the last one of a minor version stands for all after the first.
  const candidates = [...bounds, ...MINORS, ...MINORS.map((minor) => `${minor}.99`)];
  if (members.length > 1 && !candidates.some((python) => specifiers.every((each) => satisfies(python, each)))) {
    throw contradiction(members, resolve);
  }
  return bounds.at(-1) ?? interpreter.split('.').slice(0, 2).join('.');
}

function contradiction(members: readonly PythonOfMember[], resolve: string): ElementError {
  const said = members.flatMap(({ project: { name, requiresPython, origins } }) => {
    if (requiresPython === undefined) return [];
    const { file, line } = origins.requiresPython ?? origins.name;
    return [`\`${name}\` is for \`${requiresPython}\` (${file} [line ${line}])`];
  });
  return new ElementError({
    code: 'RESOLUTION',
    message: `no Python version fits all projects of the resolve \`${resolve}\`: ${said.join(', ')}`,
    hint: 'change `requires-python`, or remove a project from the option `resolves`',
  });
}
