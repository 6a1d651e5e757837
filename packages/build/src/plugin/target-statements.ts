import { targetLayers, type TargetsOfNxJson, type TargetsOfProjectJson } from './target-layers.js';
import { PLUGIN } from '../workspace/nx-json.js';
import { TARGET_OPTIONS, TARGETS, type TargetChoices, type TargetOption } from '../workspace/target-options.js';

/** What is said of a target over what the plugin would infer. */
export interface TargetStatement {
  /** Whether project.json has the target and leaves to the plugin how it is run. */
  readonly isWanted: boolean;
  /** What its executor may be given: the options that it usually has, and those with each of its configurations. */
  readonly options: readonly Readonly<Record<string, unknown>>[];
}

/** The statements on each target that is not left out. */
export type TargetStatements = Readonly<Partial<Record<TargetOption, TargetStatement>>>;

/**
 * What the plugin's options, `targetDefaults` and project.json say together of the targets of a project: what is inferred
 * depends on it, wherever it stands.
 */
export function targetStatements(
  targets: TargetChoices,
  place: { readonly nxJson: TargetsOfNxJson; readonly projectJson: TargetsOfProjectJson },
): TargetStatements {
  return Object.fromEntries(
    TARGET_OPTIONS.flatMap((option): [TargetOption, TargetStatement][] => {
      const choice = targets[option];
      if (choice === undefined) return [];
      const executor = `${PLUGIN}:${TARGETS[option].name}`;
      const layers = targetLayers(choice.name, executor, place).map(({ configuration }) => configuration);
      const usual = Object.assign({}, choice.options, ...layers.map(({ options }) => options as unknown)) as object;
      const configured = layers.flatMap(({ configurations = {} }) => Object.values(configurations) as object[]);
      const own = place.projectJson.targets?.[choice.name];
      const isOurs = own !== undefined && [undefined, executor].includes(own.executor) && own.command === undefined;
      return [
        [option, { isWanted: isOurs, options: [{ ...usual }, ...configured.map((each) => ({ ...usual, ...each }))] }],
      ];
    }),
  );
}
