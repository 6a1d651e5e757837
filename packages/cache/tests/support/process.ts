import { join } from 'node:path';

const HOOK = join(__dirname, '..', '..', '..', 'element', 'tests', 'support', 'typescript-hook.cjs');

/** The program and the arguments that run a TypeScript file of this directory from the sources. */
export function typescript(file: string, ...args: readonly string[]): [string, ...string[]] {
  return [process.execPath, '-C', '@wheelhouse/source', '-r', HOOK, join(__dirname, file), ...args];
}
