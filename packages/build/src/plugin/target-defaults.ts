import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import type { Inputs } from './inputs.js';
import { problemTarget } from './problem-targets.js';
import { targetLayers, type TargetLayer, type TargetsOfNxJson, type TargetsOfProjectJson } from './target-layers.js';

/** What {@link withTargetDefaults} works with. */
export interface TargetDefaultsOptions {
  readonly nxJson: TargetsOfNxJson;
  readonly projectJson: TargetsOfProjectJson;
  /** All that can change what any target makes, without the outputs of other tasks. */
  readonly allInputs: () => Inputs;
  /** Whether `"..."` in a list stands for what it is laid over: since Nx 23. */
  readonly knowsSpread: boolean;
}

/**
 * The targets of a project where a workspace says something else of them. Nx lays `targetDefaults` and project.json over
 * what is inferred, and a list replaces the inferred one: without our inputs it would take results from its cache that
 * are of another interpreter or of other sources. So the named inputs that such a list names hold ours too, for this
 * project; and where it names none, the target fails and says why (docs/adr/0067).
 */
export function withTargetDefaults(
  targets: Readonly<Record<string, TargetConfiguration>>,
  options: TargetDefaultsOptions,
): Required<Pick<ProjectConfiguration, 'targets'>> & Pick<ProjectConfiguration, 'namedInputs'> {
  const names = new Set<string>();
  const adapted = Object.entries(targets).map(([name, target]): [string, TargetConfiguration] => {
    const layers = targetLayers(name, target.executor ?? '', options);
    const problem = problemOf(name, target, layers, options);
    if (problem !== undefined) {
      names.add('default');
      return [name, problemTarget(problem, target.metadata)];
    }
    if (!isCached(target, layers)) return [name, target];
    const inputs = laid(layers, 'inputs', options);
    if (!inputs.isKept) for (const each of usableNames(inputs.items, options)) names.add(each);
    // Without the tasks that make wheels, their outputs are no input.
    const waits = laid(layers, 'dependsOn', options).isKept;
    return [name, waits || target.inputs === undefined ? target : { ...target, inputs: options.allInputs() }];
  });
  return {
    targets: Object.fromEntries(adapted),
    ...(names.size === 0
      ? {}
      : { namedInputs: Object.fromEntries([...names].sort().map((name) => [name, namedInput(name, options)])) }),
  };
}

function problemOf(
  name: string,
  target: TargetConfiguration,
  layers: readonly TargetLayer[],
  options: TargetDefaultsOptions,
): string | undefined {
  if (!isCached(target, layers)) return undefined;
  const said = (field: string): string => layers.findLast(({ configuration }) => field in configuration)?.where ?? '';
  const otherName = `rename the target with \`targetName\` in the plugin's option for it`;
  if (target.cache !== true) {
    return `${said('cache')} lets Nx cache the target \`${name}\`, which a cache cannot replay\nhint: remove \`cache\` for it, or ${otherName}`;
  }
  const way = (field: string): string =>
    options.knowsSpread ? `put \`"..."\` first in its \`${field}\`, to keep those of the plugin` : otherName;
  const inputs = laid(layers, 'inputs', options);
  if (!inputs.isKept && usableNames(inputs.items, options).length === 0) {
    return `${said('inputs')} replaces the inputs of the target \`${name}\`: Nx would use cached results of another interpreter or of other sources\nhint: ${way('inputs')}`;
  }
  const outputs = laid(layers, 'outputs', options);
  const lost = outputs.isKept ? [] : (target.outputs ?? []).filter((output) => !outputs.items.includes(output));
  if (lost.length > 0) {
    return `${said('outputs')} replaces the outputs of the target \`${name}\`: Nx would not restore its cached outputs\nhint: ${way('outputs')}`;
  }
  return undefined;
}

function isCached({ cache }: TargetConfiguration, layers: readonly TargetLayer[]): boolean {
  return layers.reduce((cached, { configuration }) => configuration.cache ?? cached, cache ?? false);
}

/** A list after all layers. */
interface LaidList {
  /** Whether the inferred list is still in it. */
  readonly isKept: boolean;
  /** What the layers put into it. */
  readonly items: readonly unknown[];
}

function laid(
  layers: readonly TargetLayer[],
  field: 'inputs' | 'outputs' | 'dependsOn',
  { knowsSpread }: TargetDefaultsOptions,
): LaidList {
  return layers.reduce<LaidList>(
    (below, { configuration }) => {
      const list: unknown = configuration[field];
      if (!isList(list)) return below;
      const isSpread = knowsSpread && list.includes('...');
      return { isKept: isSpread && below.isKept, items: isSpread ? [...below.items, ...list] : list };
    },
    { isKept: true, items: [] },
  );
}

/** The named inputs of the project itself in a list; one that project.json defines is not ours to define. */
function usableNames(items: readonly unknown[], { projectJson }: TargetDefaultsOptions): string[] {
  return items
    .flatMap((item): string[] => {
      if (typeof item === 'string') return /^[A-Za-z][\w.-]*$/.test(item) ? [item] : [];
      if (typeof item !== 'object' || item === null || !('input' in item)) return [];
      const { input, ...others } = item;
      return typeof input === 'string' && Object.keys(others).length === 0 ? [input] : [];
    })
    .filter((name) => projectJson.namedInputs?.[name] === undefined);
}

function namedInput(name: string, { nxJson, allInputs }: TargetDefaultsOptions): Inputs {
  const usual = nxJson.namedInputs?.[name] ?? (name === 'default' ? ['{projectRoot}/**/*'] : []);
  return [...(usual as Inputs), ...allInputs()];
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
