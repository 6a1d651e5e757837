import { createHash } from 'node:crypto';
import type { Ended } from './users.js';
import type { RunOptions, Workspace } from './workspace.js';

const PROJECT = 'todobackend';
const OUTPUTS = ['wheel', 'wheelhouse'].map((name) => `dist/apps/${PROJECT}/${name}`);

/** What a build of the example left. */
export interface BuiltExample {
  /** The SHA-256 of each wheel by its path. */
  readonly wheels: Readonly<Record<string, string>>;
  /** The last line of the build: `N built, M cached, F failed`. */
  readonly last: string;
}

/** Builds the application of the example. @throws Error with what it printed if it fails */
export async function buildExample(workspace: Workspace, options?: RunOptions): Promise<BuiltExample> {
  const lines = outputOf(await workspace.wheelhouse(['build', PROJECT], options))
    .trim()
    .split('\n');
  const files = Object.entries(workspace.contents(...OUTPUTS)).filter(([path]) => path.endsWith('.whl'));
  const wheels = files.map(
    ([path, text]) => [path, createHash('sha256').update(text, 'latin1').digest('hex')] as const,
  );
  return { wheels: Object.fromEntries(wheels), last: lines.at(-1) ?? '' };
}

/** What a program wrote. @throws Error with that and its messages if it failed */
export function outputOf({ exitCode, stdout, stderr }: Ended): string {
  if (exitCode !== 0) throw new Error(`exit code ${String(exitCode)}:\n${stdout}\n${stderr}`);
  return stdout;
}
