import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import { captureTree } from '@wheelhouse/element/internal';

const PROGRAMS = ['sh', 'env', 'mkdir', 'cat', 'stat', 'ln'];

/**
 * Captures a root of programs of this machine and the libraries that they are linked to: a root that is content, which a
 * remote server can be given, too.
 *
 * @param directory absolute path where the root is put together
 */
export async function captureMinimalRoot(blobs: BlobStore, directory: string): Promise<Digest> {
  mkdirSync(join(directory, 'usr/bin'), { recursive: true });
  for (const name of PROGRAMS) {
    const program = realpathSync(join('/usr/bin', name));
    copyFileSync(program, join(directory, 'usr/bin', name));
    for (const [, library = ''] of execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)) {
      mkdirSync(join(directory, dirname(library)), { recursive: true });
      copyFileSync(realpathSync(library), join(directory, library));
    }
  }
  return await captureTree(blobs, directory, { label: directory });
}
