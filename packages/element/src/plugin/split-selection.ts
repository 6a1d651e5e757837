/**
 * A part of an artifact by the domains of its split rules (`public.bst.split-rules`): the paths of the domains in
 * `include` (default: all), without those of the domains in `exclude`; and, where `orphans` is true, those
 * of no domain (BuildStream reference: `Element.stage_artifact`).
 *
 * @public
 */
export interface SplitSelection {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Default true. */
  readonly orphans?: boolean;
}
