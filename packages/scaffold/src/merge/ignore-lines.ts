/**
 * The text of a .gitignore that ignores these paths: those that it has no line for are added at its end. Slashes at
 * both ends count for nothing.
 */
export function addIgnored(text: string, paths: readonly string[]): string {
  const bare = (line: string): string => line.trim().replace(/^\//, '').replace(/\/$/, '');
  const lines = new Set(text.split('\n').map(bare));
  const missing = paths.filter((path) => !lines.has(bare(path)));
  if (missing.length === 0) return text;
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${start}${missing.map((path) => `${path}\n`).join('')}`;
}
