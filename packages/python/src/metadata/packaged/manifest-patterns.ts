import type { PackagedPattern } from './packaged-pattern.js';

/**
 * The patterns by which a MANIFEST.in takes files up. Those of one command stand together: `recursive-include docs *.rst
 * *.png` is usually written for files that may come.
 */
export function manifestPatterns(text: string): (Omit<PackagedPattern, 'origin'> & { readonly line: number })[] {
  return logicalLines(text).flatMap(({ text: written, line }) => {
    const [command = '', ...words] = written.split(/\s+/);
    const [first = '', ...rest] = words.map((word) => word.replace(/^\.\//, '').replace(/\/$/, ''));
    switch (command) {
      case 'include':
        return [first, ...rest].map((word) => ({ pattern: word, globs: [word], line }));
      case 'global-include':
        return [first, ...rest].map((word) => ({ pattern: word, globs: [`**/${word}`], line }));
      case 'graft':
        return [first, ...rest].map((word) => ({ pattern: word, globs: [word === '.' ? '**' : `${word}/**`], line }));
      case 'recursive-include':
        return rest.map((word) => ({
          pattern: `${first} ${word}`,
          globs: [first === '.' ? `**/${word}` : `${first}/**/${word}`],
          together: written,
          line,
        }));
      default:
        return [];
    }
  });
}

/** Lines without comments, those that end in a backslash joined with the next, with the numbers of their first. */
function logicalLines(text: string): { readonly text: string; readonly line: number }[] {
  const found: { text: string; line: number }[] = [];
  let goesOn = false;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const last = found.at(-1);
    const line = raw.replace(/\\$/, '').trim();
    if (goesOn && last !== undefined) last.text = `${last.text} ${line}`.trim();
    else found.push({ text: line, line: index + 1 });
    goesOn = raw.endsWith('\\');
  }
  return found.filter((each) => each.text !== '' && !each.text.startsWith('#'));
}
