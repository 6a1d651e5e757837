import { extract, pack, type Extract, type Header, type Pack } from 'tar-stream';

export type TarHeader = Partial<Header> & Pick<Header, 'name'>;

/** An entry of an archive that is read. Its content is read, or passed over, before the next entry comes. */
export interface TarEntry {
  readonly header: Header;
  readonly content: AsyncIterable<Uint8Array>;
}

/** An entry of an archive that is written; a file has a body of `header.size` bytes. */
export interface TarItem {
  readonly header: TarHeader;
  readonly body?: AsyncIterable<Uint8Array>;
}

/** The entries of a tar archive. All of `archive` is read, what follows the archive's end too. */
export async function* readTar(archive: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const entries = extract();
  const fed = feed(archive, entries);
  for await (const entry of entries) {
    yield { header: entry.header, content: entry as AsyncIterable<Uint8Array> };
    entry.resume();
  }
  await fed;
}

async function feed(archive: AsyncIterable<Uint8Array>, entries: Extract): Promise<void> {
  try {
    for await (const chunk of archive) {
      if (entries.destroyed) return;
      if (!entries.write(chunk)) await drained(entries);
    }
    entries.end(undefined);
  } catch (error) {
    // Comes out where the entries are read.
    entries.destroy(error as Error);
  }
}

/** The bytes of a tar archive of `items`, in their order. */
export async function* writeTar(items: AsyncIterable<TarItem> | Iterable<TarItem>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const written = addAll(archive, items);
  yield* archive as AsyncIterable<Uint8Array>;
  await written;
}

async function addAll(archive: Pack, items: AsyncIterable<TarItem> | Iterable<TarItem>): Promise<void> {
  try {
    for await (const item of items) await add(archive, item);
    archive.finalize();
  } catch (error) {
    // Comes out where the archive is read.
    archive.destroy(error as Error);
  }
}

async function add(archive: Pack, { header, body }: TarItem): Promise<void> {
  if (body === undefined) {
    archive.entry(header);
    return;
  }
  const done = new Promise<void>((resolve, reject) => {
    const entry = archive.entry(header, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
    const write = async (): Promise<void> => {
      for await (const chunk of body) if (!entry.write(chunk)) await drained(entry);
      entry.end(undefined);
    };
    write().catch(reject);
  });
  await done;
}

/** The part of a stream that says when it takes more. */
interface Drainable {
  on(event: 'drain' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'close', listener: () => void): unknown;
}

/** Until more can be written, or nothing can any longer. */
async function drained(stream: Drainable): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle);
      stream.off('close', settle);
      resolve();
    };
    stream.on('drain', settle);
    stream.on('close', settle);
  });
}
