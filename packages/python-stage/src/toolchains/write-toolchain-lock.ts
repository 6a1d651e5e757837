import { join } from 'node:path';
import { replaceFile } from '@wheelhouse/element/internal';
import { stringify } from 'yaml';
import { LOCK_VERSION, TOOLCHAIN_LOCK, type ToolchainLock } from './toolchain-lock.js';

const HEAD = `# Written by \`wheelhouse toolchain lock\`: what the toolchains of this workspace consist of. Commit this file; it is
# renewed by the same command and is not meant to be edited.
`;

/**
 * Writes the toolchain.lock of a workspace, whole or not at all.
 *
 * @param workspace absolute path
 */
export function writeToolchainLock(workspace: string, lock: ToolchainLock): void {
  replaceFile(join(workspace, TOOLCHAIN_LOCK), toolchainLockText(lock));
}

/** The text of the file: the same for the same content. */
export function toolchainLockText({ images, debian }: ToolchainLock): string {
  const sorted = [...images].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const suites = [...debian].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const content = {
    version: Number(LOCK_VERSION),
    ...(sorted.length === 0
      ? {}
      : { images: sorted.map(({ image, architecture, ref }) => ({ image, architecture, ...ref })) }),
    ...(suites.length === 0
      ? {}
      : {
          debian: suites.map(({ packages, ...entry }) => ({
            ...entry,
            packages: packages.map(({ needs, ...each }) => ({ ...each, needs: needs.map((need) => need.join(' | ')) })),
          })),
        }),
  };
  return HEAD + stringify(content, { lineWidth: 0 });
}

function orderOf({ image, architecture }: { readonly image: string; readonly architecture: string }): string {
  return `${image} ${architecture}`;
}
