import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { types } from 'node:util';
import { ElementError } from '@wheelhouse/element';
import { extract, type Header } from 'tar-stream';
import { collect, range, type Archive, type ArchiveMember, type ByteSource } from './archive.js';

/** Opens a `.tar.gz`, as sdists are (PEP 625). @throws ElementError ARTIFACT where it is none */
export async function openTarGz(bytes: ByteSource): Promise<Archive> {
  const members: ArchiveMember[] = [];
  for await (const { header, body } of entriesOf(bytes)) {
    members.push(memberOf(header));
    await drain(body);
  }
  return {
    label: bytes.label,
    members,
    header: await gzipHeader(bytes),
    read: (member) => contentOf(bytes, members.indexOf(member)),
    close: () => undefined,
  };
}

interface TarEntry {
  readonly header: Header;
  /** To be read to its end before the next entry. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** A tar file has no index: it is read from its beginning each time. */
async function* entriesOf(bytes: ByteSource): AsyncGenerator<TarEntry> {
  const tar = extract();
  const reading = pipeline(Readable.from(bytes.read(0)), createGunzip(), new PassThrough(), tar).catch(
    (error: unknown) => {
      tar.destroy(error as Error);
    },
  );
  try {
    for await (const entry of tar) yield { header: entry.header, body: entry as AsyncIterable<Uint8Array> };
    await reading;
  } catch (error) {
    if (!types.isNativeError(error) || error instanceof ElementError) throw error;
    throw new ElementError({
      code: 'ARTIFACT',
      message: `\`${bytes.label}\` is not a tar.gz file, or is damaged: ${error.message}`,
      cause: error,
    });
  }
}

async function* contentOf(bytes: ByteSource, wanted: number): AsyncGenerator<Uint8Array> {
  let index = 0;
  for await (const { body } of entriesOf(bytes)) {
    if (index === wanted) {
      yield* body;
      return;
    }
    await drain(body);
    index += 1;
  }
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  for (let ended: boolean | undefined = false; ended !== true;) ended = (await chunks.next()).done;
}

function memberOf(header: Header): ArchiveMember {
  const { type, mtime, uid, gid, uname, gname, linkname } = header;
  return {
    name: header.name,
    type: typeOf(type),
    mode: header.mode,
    time: mtime.toISOString().slice(0, 19).replace('T', ' '),
    sizeBytes: header.size,
    packing: '',
    header: {
      owner: `${uid}:${gid} ${uname}:${gname}`,
      link: type === 'link' || type === 'symlink' ? linkname : '',
    },
  };
}

function typeOf(type: Header['type']): ArchiveMember['type'] {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      return 'file';
    case 'directory':
      return 'directory';
    case 'link':
    case 'symlink':
      return 'link';
    default:
      return 'other';
  }
}

/** What gzip says before the data (RFC 1952): when it was made, under which name, on which system. */
async function gzipHeader(bytes: ByteSource): Promise<Record<string, string>> {
  const head = await collect(range(bytes, 0, 512));
  if (head.length < 10) return {};
  const named = ((head[3] ?? 0) & 0x08) !== 0 && ((head[3] ?? 0) & 0x04) === 0;
  const end = named ? head.indexOf(0, 10) : 10;
  return {
    'gzip time': String(head.readUInt32LE(4)),
    'gzip level': String(head[8]),
    'gzip system': String(head[9]),
    'gzip name': head.toString('latin1', 10, Math.max(10, end)),
  };
}
