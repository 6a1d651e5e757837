import picomatch from 'picomatch';

/** The files an entry of nx.json's `plugins` is for. */
export interface FileFilter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Whether a file, by its path relative to the workspace, passes; patterns mean what they mean to Nx. */
export function fileMatcher({ include, exclude }: FileFilter): (path: string) => boolean {
  const included = patternMatcher(include, true);
  const excluded = patternMatcher(exclude, false);
  return (path) => included(path) && !excluded(path);
}

/** Patterns with a `!` remove what those before them gave; a list that begins with one begins with everything. */
function patternMatcher(patterns: readonly string[], whenEmpty: boolean): (path: string) => boolean {
  const [first] = patterns;
  if (first === undefined) return () => whenEmpty;
  const rules = patterns.map((pattern) => ({
    gives: !pattern.startsWith('!'),
    matches: picomatch(pattern.replace(/^!/, ''), { dot: true }),
  }));
  return (path) =>
    rules.reduce((matched, { gives, matches }) => (matches(path) ? gives : matched), first.startsWith('!'));
}
