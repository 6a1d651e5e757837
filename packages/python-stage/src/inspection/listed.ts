/** How many of several things a message names. */
const NAMED = 5;

/** The first of several things, sorted, and how many more there are. */
export function listed(all: readonly string[], shown: (each: string) => string = (each) => `\`${each}\``): string {
  const first = [...all].sort().slice(0, NAMED).map(shown);
  return `${first.join(', ')}${all.length > NAMED ? ` and ${all.length - NAMED} more` : ''}`;
}
