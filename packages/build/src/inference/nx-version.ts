import { readFileSync } from 'node:fs';

let major: number | undefined;

/** The major version of the Nx that runs. It is asked for once a project, and read once. */
export function nxMajor(): number {
  major ??= readMajor();
  return major;
}

function readMajor(): number {
  const { version } = JSON.parse(readFileSync(require.resolve('nx/package.json'), 'utf8')) as {
    readonly version: string;
  };
  return Number.parseInt(version, 10);
}
