import { ElementError } from '@wheelhouse/element';
import { type ProjectMetadata, normalizeName } from '@wheelhouse/python/internal';
import { locksDirectory, type ProjectRequirements, type ProjectLocks } from '@wheelhouse/python/lockfile';

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
    message: `\`${unknown}\` cannot be upgraded: it is not in the locks of \`${project.name}\``,
    hint:
      alike.length === 0
        ? `the locks in \`${locksDirectory(project.root)}\` list the names`
        : `did you mean \`${alike.join('` or `')}\`?`,
  });
}

/** Whether one name is a part of the other, or has the same letters but for two. */
function isAlike(name: string, other: string): boolean {
  if (name.includes(other) || other.includes(name)) return true;
  const rest = name.split('');
  const missing = other.split('').filter((letter) => {
    const at = rest.indexOf(letter);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return missing.length + rest.length <= 2;
}
