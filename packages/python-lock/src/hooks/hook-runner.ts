import type { ProjectMetadata } from '@wheelhouse/python/internal';
import type { DistributionFile } from '@wheelhouse/python/fetch';
import type { Lock, LockEntry } from '@wheelhouse/python/lockfile';
import type { SdistMetadata } from '@wheelhouse/python/metadata';

/** An sdist that is on this machine; as a lock's entry its hashes are exactly that of its file. */
export type SdistFile = LockEntry & DistributionFile & { readonly name: string };

/**
 * Runs build backends where they can do no harm. The one way in which `lock` has them run.
 *
 * `built` holds a build lock, under `name==version`, for every entry of `buildLock` that is built from its sdist.
 */
export interface HookRunner {
  /** `prepare_metadata_for_build_wheel`, or the metadata of a wheel that is built (PEP 517). */
  metadata(sdist: SdistFile, buildLock: Lock, built: ReadonlyMap<string, Lock>): Promise<SdistMetadata>;
  /** `get_requires_for_build_wheel` (PEP 517). */
  buildRequires(
    target: { readonly sdist: SdistFile } | { readonly project: ProjectMetadata },
    buildLock: Lock,
    built: ReadonlyMap<string, Lock>,
  ): Promise<readonly string[]>;
}
