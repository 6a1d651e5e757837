import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nxMajor } from './nx-version.js';

/** The packages whose code decides what is inferred. */
const CODE: readonly string[] = ['@wheelhouse/python', '@wheelhouse/python-stage', '@wheelhouse/build'];

let stamp: string | undefined;

/**
 * What stands for the code that infers: the versions of the packages and of Nx, and, since a version stands for its code
 * only once it is published, what the kernel says of their bundles. What was remembered under another is not used.
 */
export function codeStamp(): string {
  stamp ??= JSON.stringify([nxMajor(), process.platform, ...CODE.map(stampOf)]);
  return stamp;
}

function stampOf(name: string): unknown {
  const file = require.resolve(`${name}/package.json`);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  const bundle = statSync(join(dirname(file), 'bundle', 'modules.cjs'), { throwIfNoEntry: false });
  return [version, bundle?.size, bundle?.mtimeMs];
}
