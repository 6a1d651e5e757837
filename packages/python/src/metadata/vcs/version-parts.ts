import type { Described } from './described.js';

/** A scheme that has no version for a tag, as the tool itself has none. */
export class SchemeRefusal extends Error {}

/** Whether what is checked out is the tag itself. */
export function exact({ distance, dirty }: Pick<Described, 'distance' | 'dirty'>): boolean {
  return distance === 0 && !dirty;
}

/** The version that comes after: the one that a `.dev0` is of, else with its last number raised by one. */
export function nextVersion(version: string): string {
  return ofDev(version) ?? version.replace(/\d+$/, (number) => String(Number(number) + 1));
}

/** The version that a commit after it is called by without guessing: `.dev0` removed, else `.post1` added. */
export function unguessed(version: string): string {
  const known = ofDev(version);
  if (known !== undefined) return known;
  if (version.includes('post')) throw new SchemeRefusal(`\`${version}\` is already a post-release`);
  return `${version}.post1`;
}

/** What a tag ending in `.dev0` announces. */
function ofDev(version: string): string | undefined {
  const [, announced, number] = /^(.*)\.dev(.*)$/.exec(version) ?? [];
  if (number === undefined || number === '0') return announced;
  throw new SchemeRefusal(`the \`.dev\` number of the tag \`${version}\` is not 0`);
}
