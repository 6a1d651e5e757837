import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles, layeredFiles, parseYaml } from '@wheelhouse/element';
import { errorText, projectDirectory } from './project-directory.js';

describe('diskFiles', () => {
  it('reads, tells and lists what is in the directory', () => {
    const directory = projectDirectory({ 'b/c.bst': 'c', 'a.bst': 'a' });
    symlinkSync('a.bst', join(directory, 'link.bst'));
    const files = diskFiles(directory);
    expect(files.read('./b//c.bst')).toBe('c');
    expect(files.read('absent.bst')).toBeUndefined();
    expect(files.read('a.bst/below')).toBeUndefined();
    expect(['a.bst', 'b', 'link.bst', 'absent'].map((path) => files.kind(path))).toEqual([
      'file',
      'directory',
      'symlink',
      undefined,
    ]);
    expect(files.list('.')).toEqual(['a.bst', 'b/c.bst', 'link.bst']);
    expect(files.list('b')).toEqual(['b/c.bst']);
  });

  it('refuses what leads out of the directory, and directories', () => {
    const directory = projectDirectory({});
    mkdirSync(join(directory, 'd'));
    const files = diskFiles(directory);
    expect(errorText(() => files.read('d/../../x'))).toBe('Path `d/../../x` leads outside of the project directory');
    expect(errorText(() => files.read('/etc/passwd'))).toBe(
      'Path `/etc/passwd` leads outside of the project directory',
    );
    expect(errorText(() => files.read('d'), directory)).toBe('@PROJECT@/d is a directory');
  });
});

describe('layeredFiles', () => {
  it('hides what is below, and lays dictionaries over it', () => {
    const overlay = parseYaml('kind: x', 'overlay');
    const files = layeredFiles(diskFiles(projectDirectory({ 'a.bst': 'below', 'z.bst': 'z' })), {
      texts: new Map([
        ['a.bst', 'above'],
        ['new/b.bst', 'b'],
      ]),
      overlays: new Map([['z.bst', overlay]]),
    });
    expect(files.read('a.bst')).toBe('above');
    expect(files.read('z.bst')).toBe('z');
    expect(files.kind('new')).toBe('directory');
    expect(files.kind('new/b.bst')).toBe('file');
    expect(files.list('.')).toEqual(['a.bst', 'new/b.bst', 'z.bst']);
    expect(files.list('new')).toEqual(['new/b.bst']);
    expect(files.overlay?.('./z.bst')).toBe(overlay);
    expect(files.overlay?.('a.bst')).toBeUndefined();
  });
});
