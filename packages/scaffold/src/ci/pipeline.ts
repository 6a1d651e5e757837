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

/** What building takes of Debian and Ubuntu. */
export const APT =
  'apt-get install --yes --no-install-recommends bubblewrap util-linux build-essential python3-dev python3-venv';
