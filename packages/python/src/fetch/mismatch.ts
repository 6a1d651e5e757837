/** What was expected and what is there, hashes in hex; of many locked ones only the first few are shown. */
export function mismatch(expected: readonly string[], got: string | null): string {
  const shown = expected.slice(0, 3).map((hash) => `\`sha256:${hash}\``);
  const more = expected.length > 3 ? ` or one of ${expected.length - 3} more` : '';
  return `expected ${shown.join(' or ')}${more}, got \`${got === null ? 'nothing' : `sha256:${got}`}\``;
}
