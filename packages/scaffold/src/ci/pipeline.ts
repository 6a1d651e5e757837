import type { PackageManager } from '@nx/devkit';

/** What a pipeline is rendered from. */
export interface Pipeline {
  readonly branch: string;
  /** Whether the build stages run in Docker as well. */
  readonly stage: boolean;
  readonly packageManager: PackageManager;
}

/** Installs exactly what the lock file of a package manager says. */
export function installCommand(packageManager: PackageManager): string {
  switch (packageManager) {
    case 'npm':
      return 'npm ci';
    case 'pnpm':
      return 'corepack enable && pnpm install --frozen-lockfile';
    case 'yarn':
      return 'corepack enable && yarn install --immutable';
    case 'bun':
      return 'npm install --global bun && bun install --frozen-lockfile';
  }
}

/** Prints the versions of Python that the files `.python-version` of a repository ask for, a line each. */
export const PYTHON_VERSIONS =
  "git ls-files -z ':(glob)**/.python-version' | xargs --null --no-run-if-empty sed --expression='s/#.*//; s/[[:space:]]//g; s/^python-*//; /^$/d' | sort --unique";

/**
 * Gives Nx's database, taken from another machine with a cache, the name that it is looked for under on this one: it is
 * called after the machine's number, and without it Nx takes nothing out of its cache. If the machine has no number,
 * all such machines have one name.
 */
export const ADOPT_DATABASE: readonly string[] = [
  'machine=$( (cat /var/lib/dbus/machine-id || cat /etc/machine-id || true) 2> /dev/null)',
  'for file in .nx/workspace-data/*-v*.db*; do',
  '  name=.nx/workspace-data/$machine-${file#.nx/workspace-data/*-}',
  '  if [ -n "$machine" ] && [ -e "$file" ] && [ ! -e "$name" ]; then mv "$file" "$name"; fi',
  'done',
];

/** Lines as they stand in a block of YAML. */
export function indented(lines: readonly string[], columns: number): string {
  return lines.map((line) => `${' '.repeat(columns)}${line}`).join('\n');
}

/** What building takes of Debian and Ubuntu. */
export const APT =
  'apt-get install --yes --no-install-recommends bubblewrap util-linux build-essential python3-dev python3-venv';
