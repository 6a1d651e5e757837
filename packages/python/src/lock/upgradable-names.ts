import { ElementError } from '@wheelhouse/element';
import { locksDirectory } from '../locks/read-locks.js';
import type { ProjectRequirements } from '../locks/freshness.js';
import type { ProjectLocks } from '../locks/lock.js';
import type { ProjectMetadata } from '../metadata/project-metadata.js';
import { normalizeName } from '../requirements/name.js';

/**
 * The normalised names to be upgraded.
 *
 * @throws ElementError RESOLUTION for a name that neither the locks nor the requirements of the project, or of those that share its resolve, have
 */
export function upgradableNames(
  names: readonly string[],
  project: ProjectMetadata,
  members: readonly {
    readonly previous?: ProjectLocks | undefined;
    readonly requirements: ProjectRequirements;
  }[],
): string[] {
  const known = new Set(
    members
      .flatMap(({ previous, requirements }) => [
        ...[previous?.test, ...(previous?.build.values() ?? [])].flatMap((lock) => lock?.entries ?? []),
        ...[...requirements.test, ...requirements.build],
      ])
      .map(({ normalizedName }) => normalizedName),
  );
  const normalized = names.map(normalizeName);
  const unknown = names.find((name) => !known.has(normalizeName(name)));
  if (unknown === undefined) return normalized;
  const alike = [...known].filter((name) => isAlike(name, normalizeName(unknown))).sort();
  throw new ElementError({
    code: 'RESOLUTION',
    message: `\`${unknown}\` cannot be upgraded: it is in no lock of \`${project.name}\``,
    hint:
      alike.length === 0
        ? `the locks in \`${locksDirectory(project.root)}\` say which names there are`
        : `is \`${alike.join('` or `')}\` meant?`,
  });
}

/** Whether one name is the other but for one or two characters, or a part of it. */
function isAlike(name: string, other: string): boolean {
  if (name.includes(other) || other.includes(name)) return true;
  const counts = (text: string): string => [...text].sort().join('');
  const [a, b] = [counts(name), counts(other)];
  let [i, j, differences] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    if (a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else {
      differences += 1;
      if (j >= b.length || (i < a.length && (a[i] ?? '') < (b[j] ?? ''))) i += 1;
      else j += 1;
    }
  }
  return differences <= 2;
}
