import type { PackageManager } from './package-database.js';

const COMMANDS: Readonly<Record<PackageManager, string>> = {
  dpkg: 'apt-get install',
  rpm: 'dnf install',
  apk: 'apk add',
};

/** What to do for a package to be installed. */
export function installHint(manager: PackageManager, ...packages: readonly string[]): string {
  return `install it: \`sudo ${COMMANDS[manager]} ${packages.join(' ')}\``;
}
