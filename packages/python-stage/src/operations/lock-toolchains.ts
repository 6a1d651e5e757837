import { imageArchitecture } from '@wheelhouse/oci/internal';
import type { LockContext } from './lock-context.js';
import { lockDebian, type DebianUse } from './lock-debian.js';
import { lockImage } from './lock-image.js';
import { debianArchitecture, DEFAULT_COMPONENTS } from '../toolchains/debian-names.js';
import {
  lockedDebian,
  lockedImage,
  readToolchainLock,
  type DebianEntry,
  type ImageEntry,
} from '../toolchains/toolchain-lock.js';
import { writeToolchainLock } from '../toolchains/write-toolchain-lock.js';
import type { PythonWorkspace } from '../workspace/python-workspace.js';

/** What {@link lockToolchains} looked at. */
export interface LockedToolchain {
  /** The image as the option has it, or the suites. */
  readonly name: string;
  /** What it is now: a digest, or a number of packages. */
  readonly content: string;
  /** Whether toolchain.lock did not have it so. */
  readonly isNew: boolean;
}

/**
 * Pins the toolchains of a workspace's projects in toolchain.lock, for this machine's architecture: what names stand for
 * now. What is pinned for other architectures is kept as long as the toolchain is used.
 *
 * @throws ElementError IMAGE, ENGINE, SOURCE, HOST_TOOL; then nothing is written
 */
export async function lockToolchains(context: LockContext): Promise<LockedToolchain[]> {
  const { workspace, progress } = context;
  const previous = readToolchainLock(workspace.directory);
  const locked: LockedToolchain[] = [];

  const used = imagesOf(workspace);
  const architecture = imageArchitecture(process.arch);
  const images: ImageEntry[] = previous.images.filter(
    (entry) => entry.architecture !== architecture && used.includes(entry.image),
  );
  for (const image of used) {
    progress(`looking up the image ${image}`);
    const ref = await lockImage(image, context);
    images.push({ image, architecture, ref });
    const isNew = lockedImage(previous, image, architecture)?.digest !== ref.digest;
    locked.push({ name: image, content: ref.digest, isNew });
  }

  const uses = debianUses(workspace);
  const own = debianArchitecture(process.arch);
  const isUsed = (entry: DebianEntry): boolean => uses.some((use) => suitesOf(use) === suitesOf(entry));
  const debian: DebianEntry[] = previous.debian.filter((entry) => entry.architecture !== own && isUsed(entry));
  for (const use of uses) {
    const { suites, components } = use;
    const packages = await lockDebian(use, own, context);
    debian.push({ suites, components, architecture: own, packages });
    const isNew = JSON.stringify(lockedDebian(previous, use, own)) !== JSON.stringify(packages);
    locked.push({ name: suites.join(', '), content: `${packages.length} packages`, isNew });
  }
  writeToolchainLock(workspace.directory, { images, debian });
  return locked;
}

function imagesOf({ projects }: PythonWorkspace): string[] {
  const images = projects.flatMap(({ ref: { settings: { toolchain } = {} } }) =>
    typeof toolchain === 'object' && 'image' in toolchain ? [toolchain.image] : [],
  );
  return [...new Set(images)].sort();
}

/** The suites that projects are built with, each once, with the projects. */
function debianUses({ projects }: PythonWorkspace): DebianUse[] {
  const uses = new Map<string, DebianUse>();
  for (const project of projects) {
    const { toolchain } = project.ref.settings ?? {};
    if (typeof toolchain !== 'object' || !('debian' in toolchain)) continue;
    const { debian: choice } = toolchain;
    const use = { suites: choice.suites, components: choice.components ?? DEFAULT_COMPONENTS };
    const known = uses.get(suitesOf(use));
    uses.set(suitesOf(use), { ...use, choice, projects: [...(known?.projects ?? []), project] });
  }
  return [...uses.values()];
}

function suitesOf({ suites, components }: Pick<DebianEntry, 'suites' | 'components'>): string {
  return JSON.stringify([suites, components]);
}
