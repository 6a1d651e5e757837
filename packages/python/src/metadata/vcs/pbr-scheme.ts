import type { Described } from './described.js';

/**
 * The version of a commit as pbr makes it (pbr, "Version"): that of the tag on it, else the next one that the `Sem-Ver:`
 * lines of the commits after the tag ask for, with their number. It has three numbers, with a fourth before what marks
 * it as one before a release; uncommitted changes do not count.
 */
export function pbrVersion({ version, distance, semVer = new Set() }: Described): string {
  const [, numbers = '', kind, number = ''] = /^([\d.]+?)\.?(?:(a|b|rc)(\d+))?(?:\.dev\d+)?$/.exec(version) ?? [];
  const [major = 0, minor = 0, patch = 0] = numbers.split('.').map(Number);
  const before = (at: number): string => `${major}.${minor}.${patch}.0${kind ?? ''}${at}`;
  if (distance === 0) {
    if (version.includes('.dev')) return version;
    return kind === undefined ? `${major}.${minor}.${patch}` : before(Number(number));
  }
  const asks = (...symbols: readonly string[]): boolean => symbols.some((symbol) => semVer.has(symbol));
  const dev = `.dev${distance}`;
  if (asks('api-break')) return `${major + 1}.0.0${dev}`;
  if (asks('feature', 'deprecation')) return `${major}.${minor + 1}.0${dev}`;
  return kind === undefined ? `${major}.${minor}.${patch + 1}${dev}` : `${before(Number(number) + 1)}${dev}`;
}

/** The symbols of the `Sem-Ver:` lines of commit messages. */
export function semVerSymbols(messages: string): Set<string> {
  const lines = messages.split('\n').flatMap((line) => /^\s*sem-ver:(.*)$/i.exec(line)?.[1] ?? []);
  return new Set(lines.flatMap((line) => line.split(',').map((symbol) => symbol.trim())));
}
