import type { Placed } from './declaration.js';

/**
 * The requirements of a text that holds one a line, as setuptools reads `file:` lists: comments and empty lines are
 * skipped, nothing else is understood.
 */
export function requirementLines(text: string, file: string): Placed<string>[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const value = line.replace(/(^|\s)#.*$/, '').trim();
    const column = line.length - line.trimStart().length;
    return value === '' ? [] : [{ value, origin: { file, line: index + 1, column } }];
  });
}
