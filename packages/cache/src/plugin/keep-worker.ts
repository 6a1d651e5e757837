/** A file that no workspace has. */
const NOWHERE = '.wheelhouse-cache/no-such-file';

/**
 * Infers nothing. Nx ends the process of a plugin that has only hooks of runs as soon as it knows them, and starts another
 * one for the first hook, which takes longer than all that the hook does; one of a plugin with this function is kept.
 */
export const createNodes: readonly [string, () => []] = [NOWHERE, () => []];

/** The name by which Nx 22 and 23 look for {@link createNodes} first. */
export const createNodesV2: readonly [string, () => []] = createNodes;
