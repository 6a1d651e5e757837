import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ElementError } from '@wheelhouse/element';

/** Finds a program of this machine. @throws ElementError HOST_TOOL */
export type FindProgram = (name: string, hint: string) => string;

/** Programs by the suffixes of what they have compressed. */
const PROGRAMS: Readonly<Record<string, string>> = { xz: 'xz', zst: 'zstd', bz2: 'bzip2' };

/**
 * What was compressed, by the suffix of its name: nothing, `gz`, or what a program of this machine decompresses.
 *
 * @throws ElementError HOST_TOOL, SOURCE
 */
export async function* decompress(
  content: AsyncIterable<Uint8Array>,
  suffix: string,
  { label, program }: { readonly label: string; readonly program: FindProgram },
): AsyncGenerator<Uint8Array> {
  if (suffix === '') {
    yield* content;
    return;
  }
  const raw = Readable.from(content, { objectMode: false });
  if (suffix === 'gz') {
    const plain = createGunzip();
    raw.on('error', (error) => plain.destroy(error));
    yield* raw.pipe(plain) as AsyncIterable<Uint8Array>;
    return;
  }
  const name = PROGRAMS[suffix];
  if (name === undefined) {
    throw new ElementError({ code: 'SOURCE', message: `${label} is compressed in the unknown form \`${suffix}\`` });
  }
  const path = program(
    name,
    `it decompresses packages; install it, on Debian as the package \`${name === 'xz' ? 'xz-utils' : name}\``,
  );
  const child = spawn(path, ['--decompress', '--stdout'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  raw.on('error', (error) => child.stdin.destroy(error));
  // What ends early is found by its exit code.
  child.stdin.on('error', () => undefined);
  raw.pipe(child.stdin);
  yield* child.stdout as AsyncIterable<Uint8Array>;
  const [code] = await ended;
  if (code !== 0) {
    throw new ElementError({
      code: 'SOURCE',
      message: `${label} is damaged: \`${name}\` exited with ${code ?? 'a signal'}`,
    });
  }
}
