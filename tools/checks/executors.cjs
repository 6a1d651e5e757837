'use strict';

/**
 * `lint` and `typecheck` as executors of Nx. Both take seconds to start and read what other packages have, too, so all
 * projects of a run share one process (docs/adr/0097).
 */

/** A batch of Nx that is checked by a function of `together.mjs`, which prints what is wrong: Nx need not print it again. */
function batch(name) {
  return async (_taskGraph, inputs) => {
    const { checks } = await import('./together.mjs');
    const outcomes = await checks[name](inputs);
    return Object.fromEntries(
      Object.entries(outcomes).map(([task, outcome]) => [task, { ...outcome, terminalOutput: '' }]),
    );
  };
}

/** The same check for one task. */
function single(name) {
  return async (options) => {
    const { only } = await batch(name)(undefined, { only: options });
    return { success: only.success };
  };
}

module.exports = {
  lint: single('lint'),
  lintBatch: batch('lint'),
  typecheck: single('typecheck'),
  typecheckBatch: batch('typecheck'),
};
