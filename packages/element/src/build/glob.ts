/**
 * BuildStream's path globs (`public.bst.split-rules`, `overlap-whitelist`): `**` matches anything, `*` anything but
 * `/`, `?` one character but `/`, `[...]` a set of characters. The whole absolute path has to match.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const absolute = glob.startsWith('/') ? glob : `/${glob}`;
  const pattern = absolute.replace(/\*\*|\*|\?|\[[^\]]*\]|[\\^$.|+()[\]{}]/g, (token) => {
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${token}`;
  });
  const expression = new RegExp(`^${pattern}$`, 's');
  return (path) => expression.test(path);
}
