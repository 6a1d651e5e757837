import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { APK_INSTALLED, ApkDatabase } from './apk-database.js';
import { DpkgDatabase, DPKG_STATUS } from './dpkg-database.js';
import type { PackageDatabase } from './package-database.js';
import { RPM_DIRECTORIES, RPM_FILES, RpmDatabase } from './rpm-database.js';

/**
 * The database of the package manager of a system.
 *
 * @param root the directory that stands for `/`
 * @returns `undefined` if there is none that is known
 */
export function openPackageDatabase(root: string): PackageDatabase | undefined {
  const isThere = (path: string): boolean => existsSync(join(root, path));
  if (isThere(DPKG_STATUS)) return new DpkgDatabase(root);
  const installed = APK_INSTALLED.find(isThere);
  if (installed !== undefined) return new ApkDatabase(root, installed);
  const directory = RPM_DIRECTORIES.find((each) => RPM_FILES.some((file) => isThere(join(each, file))));
  return directory === undefined ? undefined : new RpmDatabase(root, directory);
}
