import { posix } from 'node:path';
import type { ProjectModel } from '../project/project-model.js';

/**
 * The MANIFEST.in that takes up the files of packages that are no Python source ("Controlling files in the
 * distribution"); `undefined` if there are none, and so nothing to say. One line a directory below `src` or the
 * project, by their suffixes, so that the next file of a kind is taken up too.
 */
export function manifestIn({ dataFiles, layout }: Pick<ProjectModel, 'dataFiles' | 'layout'>): string | undefined {
  if (dataFiles.length === 0) return undefined;
  const depth = layout === 'src' ? 2 : 1;
  const byPackage = new Map<string, Set<string>>();
  for (const file of dataFiles) {
    const top = file.split('/').slice(0, depth).join('/');
    const suffix = posix.extname(file);
    const pattern = suffix === '' ? posix.basename(file) : `*${suffix}`;
    byPackage.set(top, (byPackage.get(top) ?? new Set()).add(pattern));
  }
  const lines = [...byPackage].map(([top, patterns]) => `recursive-include ${top} ${[...patterns].sort().join(' ')}\n`);
  return lines.join('');
}
