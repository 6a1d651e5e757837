import picomatch from 'picomatch';
import type { PackagedPattern } from '@wheelhouse/python/metadata';
import { PACKAGE_ROOTS, type InspectedProject } from './check-project-files.js';
import { listed } from './listed.js';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** A pattern that matches not a source of the project and nothing of its wheel. */
interface Unmatched {
  readonly pattern: PackagedPattern;
  /** The files that git ignores which it matches. */
  readonly hidden: readonly string[];
}

/**
 * Patterns by which the project says what its distributions hold and that match nothing: one warning for those that
 * match only files that git ignores, one for the others.
 *
 * @returns the ignored files that were named
 */
export function checkPatterns(wheel: WheelUnderInspection, project: InspectedProject): readonly string[] {
  const unmatched = unmatchedPatterns(wheel, project);
  const hiding = unmatched.filter(({ hidden }) => hidden.length > 0);
  const hidden = [...new Set(hiding.flatMap((each) => each.hidden))];
  if (hiding.length > 0) {
    wheel.warn(
      undefined,
      `${named(hiding)} only files that git ignores: ${listed(hidden)}`,
      'list files that a task generates in the option `generated`; add others with `git add --force`',
    );
  }
  const dead = unmatched.filter((each) => each.hidden.length === 0);
  if (dead.length > 0) {
    wheel.warn(
      undefined,
      `${named(dead)} no file`,
      'fix or remove the pattern; list files that a task generates in the option `generated`',
    );
  }
  return hidden;
}

function unmatchedPatterns(
  wheel: WheelUnderInspection,
  { patterns, all, hidden }: InspectedProject,
): readonly Unmatched[] {
  if (patterns.length === 0) return [];
  const installed = [...wheel.installed().values()];
  const files = [...all, ...installed.flatMap((path) => PACKAGE_ROOTS.map((root) => `${root}${path}`))];
  const unmatched = patterns.flatMap((pattern): Unmatched[] => {
    const matches = picomatch([...pattern.globs], { dot: true });
    if (pattern.package === undefined) {
      return files.some((path) => matches(path)) ? [] : [{ pattern, hidden: hidden.filter((path) => matches(path)) }];
    }
    const directory = `${pattern.package.replaceAll('.', '/')}/`;
    if (pattern.package !== '' && !installed.some((path) => path.startsWith(directory))) return [];
    if (installed.some((path) => matches(path))) return [];
    const anywhere = picomatch(
      pattern.globs.map((glob) => `**/${glob}`),
      { dot: true },
    );
    return [{ pattern, hidden: hidden.filter((path) => anywhere(path)) }];
  });
  // Patterns of one command are written for files that may come: one that fits is enough.
  const lost = new Set(unmatched.map(({ pattern }) => pattern));
  const fits = ({ together }: PackagedPattern): boolean =>
    together !== undefined && patterns.some((other) => other.together === together && !lost.has(other));
  return unmatched.filter(({ pattern, hidden: found }) => found.length > 0 || !fits(pattern));
}

function named(unmatched: readonly Unmatched[]): string {
  const all = unmatched.map(({ pattern: { pattern, package: name, origin } }) => {
    const of = name === undefined || name === '' ? '' : ` of \`${name}\``;
    return `\`${pattern}\`${of} (${origin.file}:${origin.line})`;
  });
  return `${listed(all, (each) => each)} ${unmatched.length === 1 ? 'matches' : 'match'}`;
}
