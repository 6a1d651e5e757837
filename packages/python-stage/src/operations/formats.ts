import { ElementError } from '@wheelhouse/element';
import type { TreeFile } from '../workspace/tree-files.js';

/** What a project can be built as. */
export const FORMATS = ['wheel', 'sdist'] as const;

export type Format = (typeof FORMATS)[number];

/** Whether an sdist is made, too. @throws ElementError FORMATS if the wheel is not among them */
export function includesSdist(formats: readonly Format[] = ['wheel']): boolean {
  if (formats.includes('wheel')) return formats.includes('sdist');
  throw new ElementError({
    code: 'FORMATS',
    message: `\`formats\` is \`${JSON.stringify(formats)}\`, without \`wheel\``,
    hint: 'the wheel is tested and installed, so it is always built: use `["wheel", "sdist"]`',
  });
}

/**
 * The sdist among what a backend left. The standard is `.tar.gz` (PEP 625); old backends can be told to make a `.zip`.
 *
 * @throws ElementError ARTIFACT if that is not one sdist
 */
export function onlySdist(element: string, files: readonly TreeFile[]): TreeFile {
  const sdists = files.filter(({ path }) => /\.(tar\.gz|zip)$/.test(path));
  const [sdist] = sdists;
  if (sdist !== undefined && files.length === 1) return sdist;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `${element}: the backend built ${sdists.length} sdists instead of one`,
  });
}
