import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { someBytes } from '@wheelhouse/element/testing';

/**
 * A directory with one of everything a tree can hold: executables by owner and by others only, empty and large files,
 * empty and nested directories, links of all sorts, and names on which orders by UTF-16, UTF-8 and path differ.
 */
export function makeTreeFixture(root: string): void {
  for (const directory of ['', 'empty', 'nested', 'nested/a', 'nested/a/b', 'nested/é', 'order', 'order/a']) {
    mkdirSync(join(root, directory));
  }
  file(root, 'plain.txt', 'plain\n');
  file(root, 'empty.txt', '');
  file(root, 'tool.sh', '#!/bin/sh\n', 0o755);
  file(root, 'owner-only.sh', '#!/bin/sh\n', 0o700);
  file(root, 'others-only.sh', '#!/bin/sh\n', 0o655);
  file(root, 'large.bin', someBytes(1_500_000, 1));
  file(root, 'large.so', someBytes(300_000, 2), 0o755);
  file(root, 'nested/large-again.bin', someBytes(1_500_000, 1));
  file(root, 'nested/a/b/deep.txt', 'deep');
  file(root, 'nested/é/ü.txt', 'composed');
  // U+1F600 comes before U+FF5E by UTF-16 code units, and after it by the bytes of UTF-8.
  for (const name of [
    '\u{1f600}',
    '\uff5e',
    '\ufffd',
    'Z',
    'a-b',
    'a.b',
    'a b',
    'a0',
    '日本',
    '~',
    '\u00e9',
    'e\u0301',
  ]) {
    file(root, `order/${name}`, name);
  }
  symlinkSync('plain.txt', join(root, 'link'));
  symlinkSync('/etc/hostname', join(root, 'absolute'));
  symlinkSync('../nowhere/日本', join(root, 'nested/dangling'));
  symlinkSync('nested/a', join(root, 'to-directory'));
}

function file(root: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}
