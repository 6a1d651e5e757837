import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';

const DIRECTORY = join(__dirname, '..', 'golden');

/**
 * Compares what a tree would write with a golden file: every file below `root` (`.` for all), with the permissions of programs.
 * `UPDATE_GOLDEN=1` writes the golden file.
 */
export function expectGolden(tree: Tree, root: string, name: string): void {
  const texts = tree
    .listChanges()
    .filter(({ path }) => root === '.' || path.startsWith(`${root}/`))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, content, options }) => {
      const mode = options?.mode === undefined ? '' : ` (${Number(options.mode).toString(8)})`;
      return `=== ${path}${mode}\n${content?.toString() ?? ''}`;
    });
  const file = join(DIRECTORY, `${name}.txt`);
  const text = texts.join('');
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(DIRECTORY, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
