import { createHash } from 'node:crypto';
import type { ProjectGraphExternalNode } from '@nx/devkit';
import type { LockedDistribution } from '../inference/locked-distributions.js';

/** The type in an external node's name. Nx's own type knows its own ecosystems alone. */
const TYPE = 'pypi';

/** The name of a distribution's external node. Two versions of one distribution are two nodes. */
export function externalName({ name, version }: LockedDistribution): string {
  return `${TYPE}:${name}@${version}`;
}

/**
 * The external nodes of all distributions that a workspace locks. `hash`, by which Nx knows a node, is a digest of what
 * the locks allow for it.
 */
export function externalNodes(locked: readonly LockedDistribution[]): Record<string, ProjectGraphExternalNode> {
  const merged = new Map<string, { readonly distribution: LockedDistribution; readonly files: Set<string> }>();
  for (const distribution of locked) {
    const name = externalName(distribution);
    const known = merged.get(name) ?? { distribution, files: new Set() };
    known.files.add(distribution.files);
    merged.set(name, known);
  }
  return Object.fromEntries(
    [...merged]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { distribution, files }]) => [
        name,
        {
          type: TYPE,
          name,
          data: {
            version: distribution.version,
            packageName: distribution.name,
            hash: createHash('sha256')
              .update([...files].sort().join('\n'))
              .digest('hex'),
          },
        },
      ]),
  );
}
