import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { types } from 'node:util';
import { extract, type Header } from 'tar-stream';

/** Why an archive is not one that Nx may see, to stand after "its archive ". */
export class ArchiveFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ArchiveFault';
  }
}

/** How much an archive may hold. */
export interface ArchiveLimits {
  /** Bytes of all that comes out of gzip. */
  readonly maxUnpackedBytes: number;
  readonly maxEntries: number;
}

/** The length of the file `code`: the exit code of the task, a big-endian number. */
const CODE_BYTES = 4;
/** An option that the types of tar-stream do not know of. */
const UNKNOWN_FORMATS: NonNullable<Parameters<typeof extract>[0]> & { readonly allowUnknownFormat: true } = {
  allowUnknownFormat: true,
};
/** How much text of a task Nx gets, which it keeps in its memory several times over. */
const MAX_TERMINAL_OUTPUT = 256 * 1024 * 1024;

/**
 * Reads a whole archive of Nx, with the memory of a few pieces: gzip to its end with its check sum, tar to its end. It
 * must have what Nx requires (`code`, of 4 bytes, and `terminalOutput`), and nothing outside the directory it is
 * unpacked in.
 *
 * @throws ArchiveFault if it is not as it must be; and any error of reading `body`
 */
export async function checkArchive(body: Readable, limits: ArchiveLimits): Promise<void> {
  // Nx writes what it adds itself by headers of the oldest kind.
  const tar = extract(UNKNOWN_FORMATS);
  const entries = new EntryCheck(limits.maxEntries);
  let unpacked = 0;
  const meter = new Transform({
    transform: (piece: Uint8Array, _encoding, done) => {
      unpacked += piece.byteLength;
      if (unpacked > limits.maxUnpackedBytes) {
        done(new ArchiveFault(`holds more than ${limits.maxUnpackedBytes} bytes`));
      } else done(null, piece);
    },
  });
  tar.on('entry', (header, stream, next) => {
    // It receives every error that ends the archive early, and so does `pipeline`.
    stream.on('error', () => undefined);
    try {
      entries.check(header);
    } catch (error) {
      tar.destroy(error as Error);
      return;
    }
    stream.on('end', () => {
      next();
    });
    stream.resume();
  });
  try {
    await pipeline(body, createGunzip(), meter, tar);
  } catch (error) {
    throw faultOf(error);
  }
  entries.end();
}

/** What gzip and tar say of what they cannot read. */
function faultOf(error: unknown): unknown {
  if (error instanceof ArchiveFault || !types.isNativeError(error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code.startsWith('Z_')) return new ArchiveFault(`is not a complete gzip file: ${error.message}`, { cause: error });
  // tar-stream's errors have no code, streamx's has one for an archive that ended early.
  if (code === '' || code === 'STREAM_DESTROYED')
    return new ArchiveFault(`is not a complete tar archive: ${error.message}`, { cause: error });
  return error;
}

/** The rules for the entries of one archive. */
class EntryCheck {
  private count = 0;
  private readonly links = new Set<string>();
  private readonly special = new Set<string>();

  constructor(private readonly maxEntries: number) {}

  check(header: Header): void {
    if (++this.count > this.maxEntries) throw new ArchiveFault(`has more than ${this.maxEntries} entries`);
    const { name, size } = header;
    // Its types do not say so, but tar-stream leaves out what it does not find.
    const { type, linkname } = header as { readonly type: Header['type'] | null; readonly linkname: string | null };
    const path = this.inside(name);
    if (path === 'code' && (type !== 'file' || size !== CODE_BYTES)) {
      throw new ArchiveFault(`has an exit code of ${size} bytes`);
    }
    if (path === 'terminalOutput' && (type !== 'file' || size > MAX_TERMINAL_OUTPUT)) {
      throw new ArchiveFault(`has ${size} bytes of terminal output`);
    }
    if (path === 'code' || path === 'terminalOutput') {
      if (this.special.has(path)) throw new ArchiveFault(`contains \`${path}\` twice`);
      this.special.add(path);
    }
    switch (type) {
      case 'file':
      case 'contiguous-file':
      case 'directory':
        return;
      case 'symlink':
        this.checkTarget(path, name, linkname ?? '');
        this.links.add(path);
        return;
      case 'link':
        this.inside(linkname ?? '');
        return;
      default:
        throw new ArchiveFault(`contains \`${shown(name)}\`, which is a ${type ?? 'entry of an unknown type'}`);
    }
  }

  end(): void {
    for (const path of ['code', 'terminalOutput']) {
      if (!this.special.has(path)) throw new ArchiveFault(`has no \`${path}\``);
    }
  }

  /** A name as a path without `.`, which neither leaves the archive's directory nor goes through a link. */
  private inside(name: string): string {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (name.startsWith('/') || parts.includes('..') || /[\0\\]|^[A-Za-z]:/.test(name)) {
      throw new ArchiveFault(`contains \`${shown(name)}\`, which is outside the archive`);
    }
    for (let length = 1; this.links.size > 0 && length < parts.length; length++) {
      if (this.links.has(parts.slice(0, length).join('/'))) {
        throw new ArchiveFault(`contains \`${shown(name)}\`, which is behind a link`);
      }
    }
    return parts.join('/');
  }

  /** `..` only at a target's beginning: behind a name it may lead out by way of another link. */
  private checkTarget(path: string, name: string, target: string): void {
    const [, ups = '', rest = ''] = /^((?:\.\.(?:\/+|$)|\.\/+)*)(.*)$/s.exec(target) ?? [];
    const height = ups.split('/').filter((part) => part === '..').length;
    const depth = posix.dirname(path) === '.' ? 0 : posix.dirname(path).split('/').length;
    if (
      target === '' ||
      target.startsWith('/') ||
      height > depth ||
      rest.split('/').includes('..') ||
      /[\0\\]/.test(target)
    ) {
      throw new ArchiveFault(
        `contains the link \`${shown(name)}\` to \`${shown(target)}\`, which points outside the archive`,
      );
    }
  }
}

/** An untrusted name, made safe for a terminal. */
function shown(name: string): string {
  // eslint-disable-next-line no-control-regex -- they are what must not get there
  return name.replace(/[\x00-\x1f\x7f-\x9f]/g, '?').slice(0, 200);
}
