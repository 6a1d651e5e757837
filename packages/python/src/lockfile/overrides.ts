import type { Lock } from './lock.js';
import { parseSettings } from '../metadata/settings/resolution-settings.js';
import { bothMarkers, conjuncts, type Marker } from '../requirements/marker.js';
import { parseRequirement, type Requirement } from '../requirements/requirement.js';

/** The name of the setting, of which PDM's `overrides` are another spelling. */
export const OVERRIDES = 'override-dependencies';

/** By normalised names, what stands for all requirements of that name. */
export type Overrides = ReadonlyMap<string, readonly Requirement[]>;

/** The overrides that a lock was made with, as its header says. */
export function overridesOf({ settings = [] }: Pick<Lock, 'settings'>): Overrides {
  const lines: unknown = parseSettings(settings)[OVERRIDES];
  const overrides = new Map<string, Requirement[]>();
  for (const line of Array.isArray(lines) ? lines : []) {
    const requirement = parseRequirement(String(line));
    overrides.set(requirement.normalizedName, [...(overrides.get(requirement.normalizedName) ?? []), requirement]);
  }
  return overrides;
}

/**
 * What a requirement comes to under overrides: those of its name, which stand for its version, extras and marker. Of the
 * marker alone the extra is kept that it belongs to. https://docs.astral.sh/uv/concepts/resolution/#dependency-overrides
 */
export function overridden(requirement: Requirement, overrides: Overrides): readonly Requirement[] {
  const instead = overrides.get(requirement.normalizedName);
  if (instead === undefined) return [requirement];
  const [extra] = conjuncts(requirement.marker).filter(isOfExtra);
  if (extra === undefined) return instead;
  return instead.map((each) => ({ ...each, marker: bothMarkers(each.marker, extra) ?? extra }));
}

function isOfExtra(marker: Marker): boolean {
  if (marker.type !== 'compare') return false;
  return [marker.left, marker.right].some((side) => 'variable' in side && side.variable === 'extra');
}
