import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { FsTree, flushChanges } from 'nx/src/generators/tree';

/** An Nx workspace in a directory of its own, as generators meet it. */
export class TestWorkspace {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'wheelhouse-scaffold-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [file, text] of Object.entries({ 'nx.json': '{}\n', 'package.json': '{ "name": "w" }\n', ...files })) {
      this.write(file, text);
    }
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.directory, file)), { recursive: true });
    writeFileSync(join(this.directory, file), text);
  }

  /** The tree that a generator of its own run gets. */
  tree(): Tree {
    return new FsTree(this.directory, false);
  }

  /** What a run changed, written to disk as Nx does. */
  flush(tree: Tree): void {
    flushChanges(this.directory, tree.listChanges());
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What a tree would write, by file. */
export function written(tree: Tree): Record<string, string> {
  const changes = tree.listChanges().map(({ path, content }) => [path, content?.toString() ?? ''] as const);
  return Object.fromEntries(changes.sort(([a], [b]) => (a < b ? -1 : 1)));
}
