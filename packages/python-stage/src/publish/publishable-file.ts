import { createReadStream } from 'node:fs';
import { ElementError } from '@wheelhouse/element';
import { readTar } from '@wheelhouse/oci/internal';
import { parseFilename, normalizeName } from '@wheelhouse/python/internal';
import { metadataFields } from '@wheelhouse/python/metadata';
import { distInfo, sha256Of } from '../wheelhouse/wheel-description.js';
import { collect, fileBytes } from '../inspection/archive.js';
import { gunzipped } from '../inspection/tar-archive.js';
import { WheelArchive } from '../wheelhouse/wheel-archive.js';

/** A wheel or an sdist, as an index offers it. */
export interface PublishableFile {
  readonly filename: string;
  /** Absolute. */
  readonly path: string;
  /** Of the distribution, normalised. */
  readonly name: string;
  readonly version: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly requiresPython?: string;
  /** A wheel's METADATA (PEP 658); an sdist has none that can be relied on. */
  readonly metadata?: string;
}

/** @param path absolute @throws ElementError ARTIFACT if the file is no distribution that can be read */
export async function readPublishable(filename: string, path: string): Promise<PublishableFile> {
  const parsed = parseFilename(filename);
  if (parsed === undefined) {
    throw new ElementError({ code: 'ARTIFACT', message: `\`${filename}\` is not the name of a wheel or an sdist` });
  }
  const bytes = fileBytes(path);
  const text = parsed.format === 'wheel' ? await wheelMetadata(filename, path) : await sdistMetadata(path);
  const [requiresPython] = metadataFields(text ?? '')('requires-python');
  return {
    filename,
    path,
    name: normalizeName(parsed.name),
    version: parsed.version,
    sha256: await sha256Of(bytes),
    sizeBytes: bytes.sizeBytes,
    ...(requiresPython === undefined || requiresPython === '' ? {} : { requiresPython }),
    ...(parsed.format === 'wheel' && text !== undefined ? { metadata: text } : {}),
  };
}

async function wheelMetadata(filename: string, path: string): Promise<string> {
  const archive = await WheelArchive.open(fileBytes(path));
  try {
    return await archive.text(`${distInfo(archive, filename)}/METADATA`);
  } finally {
    archive.close();
  }
}

/** The text of the PKG-INFO at the top of a `.tar.gz`, which PEP 625 and PEP 643 want there. */
async function sdistMetadata(path: string): Promise<string | undefined> {
  if (!path.endsWith('.tar.gz')) return undefined;
  for await (const { header, content } of readTar(gunzipped(createReadStream(path)))) {
    if (/^[^/]+\/PKG-INFO$/.test(header.name)) return (await collect(content)).toString('utf8');
  }
  return undefined;
}
