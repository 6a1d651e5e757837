/**
 * The text of a .gitignore that ignores these directories of the workspace: those that it has no line for are added at
 * its end.
 */
export function addIgnored(text: string, directories: readonly string[]): string {
  const lines = new Set(text.split('\n').map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')));
  const missing = directories.filter((directory) => !lines.has(directory));
  if (missing.length === 0) return text;
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${start}${missing.map((directory) => `${directory}\n`).join('')}`;
}
