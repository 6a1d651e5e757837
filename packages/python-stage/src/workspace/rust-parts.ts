import { ElementError } from '@wheelhouse/element';
import type { ProjectMetadata } from '@wheelhouse/python/internal';
import { usesCargo, type Lock } from '@wheelhouse/python/lockfile';
import type { PlannedProject } from '../plan/planned-project.js';
import type { Toolchain } from '../toolchains/toolchain.js';
import { isRoot } from './toolchain-choice.js';

/** What builds by cargo are made with, and from. */
export type RustParts = Pick<PlannedProject, 'rust' | 'crates'>;

/**
 * What builds by cargo need, where one of these locks has a backend that runs it.
 *
 * @param place the workspace's directory, as an absolute path, and where cargo is looked for
 * @throws ElementError TOOLCHAIN
 */
export async function rustParts(
  metadata: ProjectMetadata,
  build: ReadonlyMap<string, Lock>,
  place: { readonly directory: string; readonly environment: NodeJS.ProcessEnv },
): Promise<RustParts> {
  const whose = [...build.values()].find(usesCargo);
  if (whose === undefined) return {};
  // Loaded by projects with Rust alone.
  const { findRust, projectCrates } = await import('@wheelhouse/python/rust');
  const rust = await findRust(place.environment, whose.distribution);
  const own = build.get(metadata.normalizedName);
  if (own === undefined || !usesCargo(own)) return { rust };
  return { rust, crates: await projectCrates(metadata.root, place.directory) };
}

/** Rust is of this machine, and what it needs of it does not fit another root. @throws ElementError TOOLCHAIN */
export function checkedRust(parts: RustParts, toolchain: Toolchain | undefined, name: string): RustParts {
  if (parts.rust === undefined || !isRoot(toolchain)) return parts;
  throw new ElementError({
    code: 'TOOLCHAIN',
    message: `\`${name}\` is built with Rust, which is of this machine, but its toolchain is not`,
    hint: 'use the toolchain `packages` or `host` for it',
  });
}
