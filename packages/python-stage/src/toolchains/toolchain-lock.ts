import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, type MappingNode } from '@wheelhouse/element';
import { readDataFile } from '@wheelhouse/element/internal';
import { packageEntry, text } from './locked-package.js';
import type { LockedImage, LockedPackage } from './toolchain.js';

/** The file in which a workspace pins its toolchains. */
export const TOOLCHAIN_LOCK = 'toolchain.lock';

/** Raised when the file has another form. */
export const LOCK_VERSION = '1';

/** What `wheelhouse toolchain lock` is run as. */
export const LOCK_COMMAND = 'npx wheelhouse toolchain lock';

/** An image that is pinned for one architecture. */
export interface ImageEntry {
  readonly image: string;
  /** As Go names it. */
  readonly architecture: string;
  readonly ref: LockedImage;
}

/** Packages of a mirror that are pinned for one architecture. */
export interface DebianEntry {
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** As Debian names it. */
  readonly architecture: string;
  readonly packages: readonly LockedPackage[];
}

/** What toolchain.lock says: nothing where the file does not exist. Plain data. */
export interface ToolchainLock {
  readonly images: readonly ImageEntry[];
  readonly debian: readonly DebianEntry[];
}

/**
 * Reads the toolchain.lock of a workspace.
 *
 * @param workspace absolute path @throws ElementError INVALID_YAML, INVALID_DATA with the position
 */
export function readToolchainLock(workspace: string): ToolchainLock {
  const path = join(workspace, TOOLCHAIN_LOCK);
  if (!existsSync(path)) return { images: [], debian: [] };
  const { node } = readDataFile(path);
  node.validateKeys(['version', 'images', 'debian']);
  const version = node.required('version', node.scalar('version'));
  if (version.asString() !== LOCK_VERSION) {
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `the version is \`${version.asString()}\`, but this Wheelhouse reads \`${LOCK_VERSION}\``,
      origin: version.origin,
      hint: `update Wheelhouse, or run \`${LOCK_COMMAND}\``,
    });
  }
  return {
    images: (node.sequence('images')?.mappings() ?? []).map(imageEntry),
    debian: (node.sequence('debian')?.mappings() ?? []).map(debianEntry),
  };
}

/** What is pinned for an image. @returns `undefined` if it is not */
export function lockedImage(lock: ToolchainLock, image: string, architecture: string): LockedImage | undefined {
  return lock.images.find((entry) => entry.image === image && entry.architecture === architecture)?.ref;
}

/** What is pinned for suites. @returns `undefined` if nothing is */
export function lockedDebian(
  lock: ToolchainLock,
  { suites, components }: Pick<DebianEntry, 'suites' | 'components'>,
  architecture: string,
): readonly LockedPackage[] | undefined {
  const wanted = JSON.stringify([suites, components, architecture]);
  return lock.debian.find((entry) => JSON.stringify([entry.suites, entry.components, entry.architecture]) === wanted)
    ?.packages;
}

/** For a toolchain that has to be in toolchain.lock, and is not. */
export function notLocked(what: string, architecture: string): ElementError {
  return new ElementError({
    code: 'TOOLCHAIN',
    message: `${TOOLCHAIN_LOCK} does not have ${what} for \`${architecture}\``,
    hint: `run \`${LOCK_COMMAND}\` on a machine of that architecture, and commit ${TOOLCHAIN_LOCK}`,
  });
}

function debianEntry(node: MappingNode): DebianEntry {
  node.validateKeys(['suites', 'components', 'architecture', 'packages']);
  const texts = (key: string): string[] =>
    node
      .required(key, node.sequence(key))
      .scalars()
      .map((each) => each.asString());
  return {
    suites: texts('suites'),
    components: texts('components'),
    architecture: text(node, 'architecture'),
    packages: node.required('packages', node.sequence('packages')).mappings().map(packageEntry),
  };
}

function imageEntry(node: MappingNode): ImageEntry {
  node.validateKeys(['image', 'architecture', 'digest', 'layers']);
  const layers = node.required('layers', node.sequence('layers'));
  return {
    image: text(node, 'image'),
    architecture: text(node, 'architecture'),
    ref: {
      digest: text(node, 'digest'),
      layers: layers.mappings().map((layer) => {
        layer.validateKeys(['blob', 'media-type', 'diff-id']);
        return {
          blob: text(layer, 'blob'),
          'media-type': text(layer, 'media-type'),
          'diff-id': text(layer, 'diff-id'),
        };
      }),
    },
  };
}
