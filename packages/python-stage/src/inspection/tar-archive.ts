import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { types } from 'node:util';
import { ElementError } from '@wheelhouse/element';
import { readTar, type TarEntry } from '@wheelhouse/oci/internal';
import { collect, range, type Archive, type ArchiveMember, type ByteSource } from './archive.js';

/** Opens a `.tar.gz`, as sdists are (PEP 625). @throws ElementError ARTIFACT if it is not one */
export async function openTarGz(bytes: ByteSource): Promise<Archive> {
  const members: ArchiveMember[] = [];
  for await (const { header } of entriesOf(bytes)) members.push(memberOf(header));
  return {
    label: bytes.label,
    members,
    header: await gzipHeader(bytes),
    read: (member) => contentOf(bytes, members.indexOf(member)),
    close: () => undefined,
  };
}

/** A tar file has no index: it is read from its beginning each time. */
async function* entriesOf(bytes: ByteSource): AsyncGenerator<TarEntry> {
  try {
    yield* readTar(gunzipped(bytes.read(0)));
  } catch (error) {
    if (!types.isNativeError(error) || error instanceof ElementError) throw error;
    throw new ElementError({
      code: 'ARTIFACT',
      message: `\`${bytes.label}\` is not a tar.gz file, or is damaged: ${error.message}`,
      cause: error,
    });
  }
}

/** What gzip packed. What goes wrong comes out where it is read. */
export function gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(bytes), createGunzip(), () => undefined);
}

async function* contentOf(bytes: ByteSource, wanted: number): AsyncGenerator<Uint8Array> {
  let index = 0;
  for await (const { content } of entriesOf(bytes)) {
    if (index === wanted) {
      yield* content;
      return;
    }
    index += 1;
  }
}

function memberOf(header: TarEntry['header']): ArchiveMember {
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

function typeOf(type: TarEntry['header']['type']): ArchiveMember['type'] {
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
