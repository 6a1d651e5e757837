import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..', '..');

/** A version of Nx that tests run. */
export interface NxVersion {
  readonly major: number;
  /** Absolute path of a `node_modules` with it. */
  readonly modules: string;
  /** Absolute path of its program. */
  readonly program: string;
}

/** The majors of Nx that the cache is for; 23 is the one of this workspace. */
export const MAJORS = [22, 23, 24] as const;

/** @throws Error if `node tools/set-up.mjs --tests` has not put it on this machine */
export function nxVersion(major: (typeof MAJORS)[number]): NxVersion {
  const modules = join(ROOT, ...(major === 23 ? [] : ['.cache', 'npm', `nx${major}`]), 'node_modules');
  const program = [join(modules, 'nx', 'dist', 'bin', 'nx.js'), join(modules, 'nx', 'bin', 'nx.js')].find(existsSync);
  if (program === undefined) throw new Error(`there is no Nx ${major}: \`node tools/set-up.mjs --tests\` installs it`);
  const { version } = JSON.parse(readFileSync(join(modules, 'nx', 'package.json'), 'utf8')) as { version: string };
  if (!version.startsWith(`${major}.`)) throw new Error(`${modules} has Nx ${version}, not ${major}`);
  return { major, modules, program };
}

/** Whether tests run that take too long for `npm test`: `npm run test:soak` sets WHEELHOUSE_SOAK. */
export const SOAK: boolean = (process.env.WHEELHOUSE_SOAK ?? '') !== '';
