/**
 * BuildStream's globs over names with `/`: `**` matches anything, `*` anything but `/`, `?` one character but `/`,
 * `[...]` one of a set. The whole name has to match.
 */
export function nameGlob(glob: string): (name: string) => boolean {
  const pattern = glob.replace(/\*\*|\*|\?|\[[^\]]+\]|[\\^$.|+()[\]{}]/g, (token) => {
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${token}`;
  });
  const expression = new RegExp(`^${pattern}$`, 's');
  return (name) => expression.test(name);
}

/** Whether a name is a glob at all. */
export function isGlob(name: string): boolean {
  return /[*?[]/.test(name);
}
