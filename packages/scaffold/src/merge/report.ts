import type { Changes } from './changes.js';

/** What to print at the end of a generator: notes, then each conflict as a diff. Empty if there is neither. */
export function reportText({ notes, conflicts }: Pick<Changes, 'notes' | 'conflicts'>): string {
  const kept = conflicts.map(
    ({ file, diff }) => `\`${file}\` is left unchanged. It differs from what would be generated:\n${diff}`,
  );
  return [...notes, ...kept].join('\n');
}
