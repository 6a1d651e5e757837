import type { TargetConfiguration } from '@nx/devkit';
import { inferTargets, type TargetFacts } from './targets.js';
import { PLUGIN } from '../workspace/nx-json.js';

/**
 * The targets of a project that nothing can be done with: those it would have, which fail and say why. What is wrong is
 * an option of theirs, so that Nx takes no result from its cache that is of another state.
 *
 * @param problem the text that people are shown
 */
export function problemTargets(
  problem: string,
  facts: Pick<TargetFacts, 'root' | 'name' | 'settings' | 'targets' | 'hasTests' | 'statements'>,
): Record<string, TargetConfiguration> {
  const none = { dependsOn: [], made: [] };
  const nothing = {
    asked: { files: [], upstream: false, variables: [] },
    named: [],
    tests: { include: [], packages: [] },
    external: [],
    toolchainCommand: '',
    tasks: { wheel: none, test: none, lock: [] },
  };
  return Object.fromEntries(
    Object.entries(inferTargets({ ...facts, ...nothing })).map(([name, { metadata }]) => [
      name,
      problemTarget(problem, metadata),
    ]),
  );
}

/** A target that fails and says why. */
export function problemTarget(problem: string, metadata: TargetConfiguration['metadata']): TargetConfiguration {
  return {
    executor: `${PLUGIN}:report-problem`,
    cache: false,
    options: { problem },
    ...(metadata === undefined ? {} : { metadata }),
  };
}
