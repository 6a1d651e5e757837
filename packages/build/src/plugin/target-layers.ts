import type { TargetConfiguration } from '@nx/devkit';
import { PLUGIN } from '../workspace/nx-json.js';
import { fileMatcher } from '../workspace/file-matcher.js';

/** What a workspace says of a target over what is inferred. */
export interface TargetLayer {
  /** As people know the place: `nx.json: targetDefaults.test`. */
  readonly where: string;
  readonly configuration: Partial<TargetConfiguration>;
}

/** An entry of `targetDefaults`. Since Nx 23 a key may have several, each for some targets alone. */
interface DefaultsEntry extends Partial<TargetConfiguration> {
  readonly filter?: { readonly executor?: string; readonly plugin?: string };
}

/** The part of an nx.json that says something of targets. */
export interface TargetsOfNxJson {
  readonly targetDefaults?: Readonly<Record<string, unknown>> | undefined;
  readonly namedInputs?: Readonly<Record<string, readonly unknown[]>> | undefined;
}

/** The part of a project.json that does. */
export interface TargetsOfProjectJson {
  readonly targets?: Readonly<Record<string, Partial<TargetConfiguration> | undefined>> | undefined;
  readonly namedInputs?: Readonly<Record<string, unknown>> | undefined;
}

/** What is said of a target of the plugin, in the order in which Nx lays one over the other. */
export function targetLayers(
  name: string,
  executor: string,
  { nxJson, projectJson }: { readonly nxJson: TargetsOfNxJson; readonly projectJson: TargetsOfProjectJson },
): TargetLayer[] {
  const defaults = Object.entries(nxJson.targetDefaults ?? {}).flatMap(([key, value]) => {
    const isFor = key === name || key === executor || (/[*?[{(!]/.test(key) && matchesGlob(key, name));
    if (!isFor) return [];
    return entriesOf(value)
      .filter(({ filter }) => [undefined, executor].includes(filter?.executor))
      .filter(({ filter }) => [undefined, PLUGIN].includes(filter?.plugin))
      .map((configuration) => ({ where: `nx.json: \`targetDefaults.${key}\``, configuration }));
  });
  const own = projectJson.targets?.[name];
  return own === undefined
    ? defaults
    : [...defaults, { where: `project.json: \`targets.${name}\``, configuration: own }];
}

function matchesGlob(glob: string, name: string): boolean {
  return fileMatcher({ include: [glob], exclude: [] })(name);
}

function entriesOf(value: unknown): DefaultsEntry[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.filter((entry): entry is DefaultsEntry => typeof entry === 'object' && entry !== null);
}
