import type { ProjectRef } from '@wheelhouse/python-stage/internal';
import type { Installation } from './installation.js';
import { runWell } from './users.js';

/** What `operate.cjs` is asked to do. */
export interface OperateInput {
  /** Absolute path. */
  readonly workspace: string;
  readonly projects: readonly ProjectRef[];
  readonly operations: readonly (readonly [operation: 'lock' | 'snapshot' | 'wheel' | 'test', project: string])[];
  /** How the clock inside the sandbox is to go, as libfaketime has it. */
  readonly clock?: string;
}

/** What it answers. */
export interface Answer<Result> {
  /** In the order of the operations. */
  readonly results: readonly Result[];
  /** Elements that failed, with the command that did. */
  readonly failures: readonly string[];
  /** By how many seconds the clock of each sandbox was ahead of this machine's. */
  readonly ahead: readonly number[];
}

/** Runs operations in a process of their own, `prefix` in front of it. */
export async function operate<Result>(
  { node, operate: program }: Installation,
  prefix: readonly string[],
  { environment, input }: { readonly environment: NodeJS.ProcessEnv; readonly input: OperateInput },
): Promise<Answer<Result>> {
  const words = [...prefix, node, program, JSON.stringify(input)];
  const { stdout } = await runWell(words, { cwd: '/', env: environment });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Answer<Result>;
}
