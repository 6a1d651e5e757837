import { gzipSync } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { pack, type Header } from 'tar-stream';

/** An entry of an archive as a test wants it. */
export type ArchiveEntry = Partial<Omit<Header, 'name'>> & {
  readonly name: string;
  readonly data?: string | Uint8Array;
};

/** What Nx cannot do without. */
export const CODE: ArchiveEntry = { name: 'code', data: Uint8Array.of(0, 0, 0, 0) };
export const TERMINAL_OUTPUT: ArchiveEntry = { name: 'terminalOutput', data: 'done\n' };

/** A tar of entries. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const tar = pack();
  const bytes = buffer(tar);
  for (const { data = '', ...header } of entries) {
    tar.entry({ mtime: new Date(0), ...header, size: header.size ?? Buffer.byteLength(data) }, Buffer.from(data));
  }
  tar.finalize();
  return await bytes;
}

/** An archive such as Nx makes them: what is given, and what Nx cannot do without. */
export async function archiveOf(...entries: readonly ArchiveEntry[]): Promise<Buffer> {
  return gzipSync(await tarOf([...entries, TERMINAL_OUTPUT, CODE]));
}

/** An archive of one file with that text. */
export async function archiveWith(text: string | Uint8Array): Promise<Buffer> {
  return await archiveOf({ name: 'app', type: 'directory' }, { name: 'app/out', data: text });
}
