import { randomUUID } from 'node:crypto';
import type { PreTasksExecution } from '@nx/devkit';

/** The variable that is an input of tests, and differs for each run that may not be taken from Nx's cache. */
export const RUN_VARIABLE = 'WHEELHOUSE_RUN';

/** `nx test app --updateSnapshots`, however it is written. */
const UPDATING = /^--update-?snapshots(=true)?$/i;

/**
 * A run that writes into the workspace may not be replayed: Nx would say that it was done, and write nothing. An option
 * cannot keep a task out of Nx's cache, but an input that no other run has can.
 */
export const preTasksExecution: PreTasksExecution = (_options, { argv }) => {
  if (argv.some((word) => UPDATING.test(word))) process.env[RUN_VARIABLE] = randomUUID();
};
