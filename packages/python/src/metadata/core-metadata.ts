/**
 * The fields of core metadata (`METADATA`, `PKG-INFO`) that resolution needs. Headers as in RFC 822, as far as core
 * metadata uses it: the body, if there is one, is the description.
 */
export function parseMetadata(text: string): SdistMetadata {
  const all = metadataFields(text);
  const [requiresPython] = all('requires-python');
  const [[name], [version]] = [all('name'), all('version')];
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    requiresDist: all('requires-dist'),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    providesExtra: all('provides-extra'),
  };
}

/** All values of a field of core metadata, in their order. @returns the reader of fields, by their lower-case names */
export function metadataFields(text: string): (name: string) => string[] {
  const [head = ''] = text.replaceAll('\r\n', '\n').split('\n\n', 1);
  const fields = head.replace(/\n[ \t]+/g, ' ').split('\n');
  return (name) =>
    fields.flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 && line.slice(0, at).toLowerCase() === name ? [line.slice(at + 1).trim()] : [];
    });
}

/** The long description of core metadata: its body, or a field of it before 2.1; empty if there is none. */
export function metadataDescription(text: string): string {
  const plain = text.replaceAll('\r\n', '\n');
  const end = plain.indexOf('\n\n');
  const body = end < 0 ? '' : plain.slice(end).trim();
  const found = body === '' ? (metadataFields(text)('description')[0] ?? '') : body;
  // What old setuptools writes for nothing.
  return found === 'UNKNOWN' ? '' : found;
}

/** What a backend says of an sdist: the core metadata that resolution needs. */
export interface SdistMetadata {
  /** As the backend says them; not needed of an sdist that an index has. */
  readonly name?: string;
  readonly version?: string;
  readonly requiresDist: readonly string[];
  readonly requiresPython?: string;
  readonly providesExtra?: readonly string[];
}
