import { createHash } from 'node:crypto';
import type { ProjectGraphExternalNode } from '@nx/devkit';
import type { LockedDistribution } from './locked-distributions.js';

/** The type in an external node's name. Nx's own type knows its own ecosystems alone. */
const TYPE = 'pypi';

/** The name of a distribution's external node. Two versions of one distribution are two nodes. */
export function externalName({ name, version }: LockedDistribution): string {
  return `${TYPE}:${name}@${version}`;
}

/**
 * The external nodes of all distributions that a workspace locks. `hash`, by which Nx knows a node, is a digest of all
 * files that any lock allows for it.
 */
export function externalNodes(locked: readonly LockedDistribution[]): Record<string, ProjectGraphExternalNode> {
  const merged = new Map<string, { readonly distribution: LockedDistribution; readonly hashes: Set<string> }>();
  for (const distribution of locked) {
    const name = externalName(distribution);
    const known = merged.get(name) ?? { distribution, hashes: new Set() };
    for (const hash of distribution.hashes) known.hashes.add(hash);
    merged.set(name, known);
  }
  return Object.fromEntries(
    [...merged]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { distribution, hashes }]) => [
        name,
        {
          type: TYPE,
          name,
          data: {
            version: distribution.version,
            packageName: distribution.name,
            hash: createHash('sha256')
              .update([...hashes].sort().join('\n'))
              .digest('hex'),
          },
        },
      ]),
  );
}
