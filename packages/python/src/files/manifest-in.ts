import picomatch from 'picomatch';

/**
 * The files that a MANIFEST.in takes up, by setuptools' rules: its commands one after the other, each adding files to
 * those before it or taking some away. What setuptools always adds is not among them.
 *
 * @param files relative to the project, `/`-separated
 */
export function filesOfManifestIn(text: string, files: readonly string[]): Set<string> {
  const chosen = new Set<string>();
  for (const line of logicalLines(text)) {
    const [command = '', ...words] = line.split(/\s+/);
    const globs = globsOf(command, words);
    if (globs.length === 0) continue;
    const matches = picomatch(globs, { dot: true, nobrace: true, noext: true, nonegate: true });
    const takesAway = command.endsWith('exclude') || command === 'prune';
    for (const file of takesAway ? [...chosen] : files) {
      if (!matches(file)) continue;
      if (takesAway) chosen.delete(file);
      else chosen.add(file);
    }
  }
  return chosen;
}

function globsOf(command: string, words: readonly string[]): string[] {
  const [directory = '', ...patterns] = words.map((word) => word.replace(/^\.\//, '').replace(/\/$/, ''));
  switch (command) {
    case 'include':
    case 'exclude':
      return [directory, ...patterns].filter((word) => word !== '');
    case 'recursive-include':
    case 'recursive-exclude':
      return patterns.map((pattern) => (directory === '.' ? `**/${pattern}` : `${directory}/**/${pattern}`));
    case 'global-include':
    case 'global-exclude':
      return [directory, ...patterns].filter((word) => word !== '').map((pattern) => `**/${pattern}`);
    case 'graft':
    case 'prune':
      return [directory, ...patterns].filter((word) => word !== '').map((each) => (each === '.' ? '**' : `${each}/**`));
    default:
      return [];
  }
}

/** Lines without comments, those that end in a backslash joined with the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
