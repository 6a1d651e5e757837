import { readFileSync } from 'node:fs';

/** The major version of the Nx that runs. */
export function nxMajor(): number {
  const { version } = JSON.parse(readFileSync(require.resolve('nx/package.json'), 'utf8')) as {
    readonly version: string;
  };
  return Number.parseInt(version, 10);
}
