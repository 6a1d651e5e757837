import { createHash } from 'node:crypto';
import { ElementError } from '@wheelhouse/element';
import { parseWheelName, normalizeName } from '@wheelhouse/python/internal';
import { metadataFields } from '@wheelhouse/python/metadata';
import type { WheelArchive } from './wheel-archive.js';
import type { ByteSource } from '../inspection/archive.js';

/** A wheel as its own metadata describes it. */
export interface WheelDescription {
  /** Its file's name. */
  readonly file: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** As its metadata writes it. */
  readonly name: string;
  readonly normalizedName: string;
  readonly version: string;
  readonly summary?: string;
  /** As written (PEP 508). */
  readonly requiresDist: readonly string[];
  readonly requiresPython?: string;
  readonly licence: LicenceFields;
}

/** What metadata says of a licence: PEP 639's expression, and what there was before it. */
export interface LicenceFields {
  readonly expression?: string;
  /** Trove classifiers that begin with `License ::`. */
  readonly classifiers: readonly string[];
  /** The field `License`: a name, an identifier, or a whole text. */
  readonly text?: string;
}

/** Reads the metadata of a wheel. @throws ElementError ARTIFACT if it has none that can be read */
export async function describeWheel(file: string, sha256: string, archive: WheelArchive): Promise<WheelDescription> {
  return describe(file, sha256, await archive.text(`${distInfo(archive, file)}/METADATA`));
}

/** The directory of a wheel's metadata (binary distribution format, ".dist-info directory"). @throws ElementError ARTIFACT */
export function distInfo(archive: WheelArchive, file: string): string {
  const { name } = parseWheelName(file);
  const found = archive.names.flatMap((each) => /^([^/]+)-[^-/]+\.dist-info\/METADATA$/.exec(each) ?? []);
  const [member, stem] = found;
  if (member !== undefined && stem !== undefined && found.length === 2 && normalizeName(stem) === name) {
    return member.slice(0, -'/METADATA'.length);
  }
  throw new ElementError({
    code: 'ARTIFACT',
    message: `\`${file}\` has no metadata: a directory \`${name}-<version>.dist-info\` with a file \`METADATA\``,
  });
}

/** SHA-256 of bytes, in hexadecimal. */
export async function sha256Of(bytes: Pick<ByteSource, 'read'>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes.read(0)) hash.update(chunk);
  return hash.digest('hex');
}

function describe(file: string, sha256: string, metadata: string): WheelDescription {
  const fields = metadataFields(metadata);
  const first = (name: string): string | undefined => fields(name).find((value) => value !== '' && value !== 'UNKNOWN');
  const name = first('name') ?? parseWheelName(file).name;
  const [summary, expression, text, requiresPython] = [
    'summary',
    'license-expression',
    'license',
    'requires-python',
  ].map(first);
  return {
    file,
    sha256,
    name,
    normalizedName: normalizeName(name),
    version: first('version') ?? parseWheelName(file).version,
    ...(summary === undefined ? {} : { summary }),
    requiresDist: fields('requires-dist'),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    licence: {
      ...(expression === undefined ? {} : { expression }),
      classifiers: fields('classifier').filter((classifier) => classifier.startsWith('License ::')),
      ...(text === undefined ? {} : { text }),
    },
  };
}
