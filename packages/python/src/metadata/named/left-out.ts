import { posix } from 'node:path';
import type { Origin } from '@wheelhouse/element';
import type { NamedFile } from './named-file.js';

/** Directories that no wheel is made from unless its project says so (WHEEL_EXCLUDES). */
export const LEFT_OUT: readonly string[] = ['tests', 'test', 'docs', 'locks'];
const FILES = ['conftest.py', 'pytest.ini', 'tox.ini', '.coveragerc', '.python-version', 'package.json'];

/** What a path, a glob or a package's name holds of what is otherwise left out. */
export function leftOutBy(
  text: string,
  { sdist, origin }: { readonly sdist: boolean; readonly origin: Origin },
): NamedFile[] {
  const path = posix.normalize(text).replace(/^\/+/, '').replace(/\/+$/, '');
  const [first = ''] = path.split(/[/.*]/, 1);
  const more = { ...(sdist ? { sdist: true as const } : {}), origin };
  if (FILES.includes(path)) return [{ path, glob: true, ...more }];
  if (!LEFT_OUT.includes(first)) return [];
  const globs = path.includes('/') ? [path, `${path}/**`] : [`${first}/**`];
  return globs.map((glob) => ({ path: glob, glob: true, ...more }));
}
