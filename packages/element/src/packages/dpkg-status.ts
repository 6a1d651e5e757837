import { debianPackages } from './dpkg-dependencies.js';
import { readParagraphs } from './dpkg-paragraphs.js';
import type { InstalledPackage } from './package-database.js';

/** The package that `dpkg` itself is in: its architecture is the machine's. */
const DPKG = 'dpkg';

/** The states in which a package's files are all there (dpkg(1), "Package states"). */
const COMPLETE = new Set(['installed', 'triggers-awaited', 'triggers-pending']);

/**
 * The packages of dpkg's status file that are installed, with what they need by Depends and Pre-Depends.
 *
 * Versions that dependencies ask for are not compared: dpkg has done that.
 */
export function readDpkgStatus(text: string): ReadonlyMap<string, InstalledPackage> {
  const installed = readParagraphs(text).filter(({ Status = '' }) => COMPLETE.has(Status.split(' ')[2] ?? ''));
  const native = installed.find((each) => each.Package === DPKG)?.Architecture;
  return debianPackages(installed, { native, comparesVersions: false });
}
