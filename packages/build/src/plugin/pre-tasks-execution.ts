import { randomUUID } from 'node:crypto';
import type { PreTasksExecution } from '@nx/devkit';
import { nxMajor } from '../inference/nx-version.js';
import { TOOLCHAIN_VARIABLE } from './toolchain-command.js';

/** The variable that is an input of tests, and differs for each run that may not be taken from Nx's cache. */
export const RUN_VARIABLE = 'WHEELHOUSE_RUN';

/** `nx test app --updateSnapshots` and `--services=db`, however they are written: no such run is like another. */
const SINGLE = /^--(?:update-?snapshots(?:=true)?|services(?:=.*)?)$/is;

/**
 * What Nx's runs begin with. Variables that are set here are part of what tasks are hashed with.
 *
 * A run that writes into the workspace may not be replayed: Nx would say that it was done, and write nothing. Neither may
 * one with services: what they answer is no input. An option cannot keep a task out of Nx's cache, but an input that no
 * other run has can.
 *
 * The digest of the toolchains is asked for here, once a run: Nx hashes tasks in as many rounds as they depend on one
 * another, and would start the command that tells it in each of them.
 */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  if (argv.some((word) => SINGLE.test(word))) process.env[RUN_VARIABLE] = randomUUID();
  // Nx may run in a task of another run, whose digest is of another workspace or of another time.
  process.env[TOOLCHAIN_VARIABLE] = seesTheCaller() ? await toolchainDigest(workspaceRoot, process.env) : '';
};

/** Whether this process has the environment of the one who runs Nx. Nx 22's daemon keeps that of who started it. */
function seesTheCaller(): boolean {
  return nxMajor() >= 23;
}

/** The digest; empty if there is none: then the command is asked, and says why. */
async function toolchainDigest(directory: string, environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    // Nx loads the plugin for its graph, too.
    const { openEngine } = await import('../engine.js');
    const { openWorkspace } = await import('../workspace/open-workspace.js');
    const { workspaceDigest } = await import('../workspace-digest.js');
    const signal = new AbortController().signal;
    const engine = openEngine({ environment, signal, reporter: () => ({ listener: () => undefined }) });
    const workspace = await openWorkspace({ directory, environment, engine, memo: (name) => engine.store.memo(name) });
    return await workspaceDigest(workspace, engine);
  } catch {
    return '';
  }
}
