import { stat } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { isAbsent } from '@wheelhouse/element/internal';
import { expandVariables, parseAddress, type Requirement, projectFiles } from '@wheelhouse/python/internal';
import { fetchAddress } from '@wheelhouse/python/fetch';
import { entryOf, hashOf, pathInWorkspace, treeDigest, vendorDirectory } from '@wheelhouse/python/lockfile';
import { checkOut } from './git-checkout.js';
import type { VendorServices } from './vendor-services.js';

/** Sources as they were taken, before their name and version are known. */
export interface Taken {
  readonly at?: string;
  /** A file by a name that says name and version. */
  readonly file?: string;
  /** Files to be packed. */
  readonly tree?: {
    readonly directory: string;
    readonly files: readonly string[];
    readonly version?: string | undefined;
  };
}

/** What the locks have for an address, if it is not to be asked anew. @throws ElementError LOCK_HASH */
export function keptFile(
  requirement: Requirement,
  from: string,
  { previous, upgrade, commits, workspaceDirectory }: VendorServices,
): Taken | undefined {
  if (upgrade === 'all' || pathInWorkspace(from) !== undefined) return undefined;
  const all = previous.flatMap(({ root, locks }) =>
    [locks.test, locks.runtime, ...locks.build.values()].map((lock) => ({ root, lock })),
  );
  for (const { root, lock } of all) {
    const vendored = lock.vendored?.find((each) => each.from === from);
    const entry = vendored === undefined ? undefined : entryOf(lock, vendored);
    if (vendored === undefined || entry === undefined || upgrade?.includes(entry.normalizedName) === true) continue;
    const adopted = commits?.get(entry.normalizedName);
    if (adopted !== undefined && adopted !== vendored.at) continue;
    const file = posix.join(vendorDirectory(root), vendored.file);
    const hash = hashOf(join(workspaceDirectory, file));
    if (hash === undefined) continue;
    if (entry.hashes.includes(hash)) {
      return { file: join(workspaceDirectory, file), ...(vendored.at === undefined ? {} : { at: vendored.at }) };
    }
    throw new ElementError({
      code: 'LOCK_HASH',
      message: `\`${file}\` is not the locked file: it is \`${hash}\`, but the lock has \`${entry.hashes.join('`, `')}\``,
      origin: requirement.origin,
      hint: `restore the file from version control, or fetch it again with \`--upgrade=${entry.normalizedName}\``,
    });
  }
  return undefined;
}

/**
 * Takes what is at a requirement's address.
 *
 * @param work a private directory, absolute
 * @throws ElementError METADATA, FETCH, LOCK_HASH
 */
export async function takeFrom(requirement: Requirement, work: string, services: VendorServices): Promise<Taken> {
  const { environment, workspaceDirectory } = services;
  const { origin } = requirement;
  const written = requirement.url ?? '';
  const address = parseAddress(
    expandVariables(written, (name) => environment[name], origin),
    origin,
  );
  switch (address.kind) {
    case 'git': {
      const pinned = services.commits?.get(requirement.normalizedName);
      const wanted = pinned === undefined ? address : { ...address, revision: pinned };
      const { commit, ...tree } = await checkOut(wanted, join(work, 'repository'), { ...services, origin });
      return { at: commit, tree };
    }
    case 'archive': {
      const request = {
        name: requirement.normalizedName,
        hashes: address.hashes,
        ...(origin === undefined ? {} : { origin }),
      };
      const { path } = await fetchAddress(address.url, request, { ...services, destination: work });
      return { file: path };
    }
    case 'path': {
      const path = resolve(workspaceDirectory, address.path);
      const stats = await stat(path).catch((error: unknown) => {
        if (isAbsent(error)) return undefined;
        throw error;
      });
      if (stats?.isFile() === true) return { file: path };
      if (stats?.isDirectory() === true) {
        const files = await projectFiles(path);
        return { at: treeDigest(path, files), tree: { directory: path, files } };
      }
      throw new ElementError({ code: 'METADATA', message: `no file or directory: \`${address.path}\``, origin });
    }
    default: {
      const unknown: never = address;
      throw new Error(`no such address: ${JSON.stringify(unknown)}`);
    }
  }
}
