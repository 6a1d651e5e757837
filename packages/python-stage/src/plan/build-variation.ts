import { BUILD_ROOT } from './build-root.js';
import type { PlannedElement } from './planned-element.js';

/** What the sandbox contract fixes and a build can be given otherwise on request (docs/adr/0030). */
export const VARIATIONS = ['path', 'umask', 'hash-seed', 'timezone', 'locale', 'home', 'ids'] as const;

export type Variation = (typeof VARIATIONS)[number];

/** BuildVariation of a second build. */
export interface BuildVariation {
  /** Draws the order of directories and the processor; no record answers for a seed that was never drawn. */
  readonly seed: number;
  /** What else is not as the contract has it. */
  readonly vary: readonly Variation[];
}

/** Where projects are built on request. */
const OTHER_PATH = '/srv/elsewhere/project';
/** Where the sources of a second build are before they are copied. */
const SOURCES = '/sources';

/** The path in which a first build takes place, and that of a second one with this variation. */
export function buildPathsOf({ vary }: BuildVariation): readonly [string, string] {
  return [BUILD_ROOT, vary.includes('path') ? OTHER_PATH : BUILD_ROOT];
}

/** What is laid over an element whose commands run with this variation. */
export function variationOverlay(variation: BuildVariation): PlannedElement['overlay'] {
  const { seed, vary } = variation;
  const [, scratch] = buildPathsOf(variation);
  const umask = vary.includes('umask') ? ' --umask 0077' : '';
  const launcher = `%{helpers}/run_varied.py --from ${SOURCES} --to ${scratch} --seed ${seed}${umask}`;
  return {
    variables: {
      'build-root': SOURCES,
      'run-python': `%{python} -s -B ${launcher} -- %{python} -s -B`,
    },
    config: { scratch },
    environment: environmentOf(vary, seed),
    ...(vary.includes('ids') ? { sandbox: { 'build-uid': '1000', 'build-gid': '1000' } } : {}),
  };
}

function environmentOf(vary: readonly Variation[], seed: number): Record<string, string> {
  return {
    ...(vary.includes('hash-seed') ? { PYTHONHASHSEED: String(1 + (seed % 4294967294)) } : {}),
    ...(vary.includes('timezone') ? { TZ: 'Pacific/Auckland' } : {}),
    ...(vary.includes('locale') ? { LC_ALL: 'C' } : {}),
    ...(vary.includes('home') ? { HOME: '/tmp/somebody' } : {}),
  };
}
