/** The fields of a line of RECORD, path, hash and size: CSV with the defaults of Python's module (PEP 376). */
export function recordFields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

/** The hashes that RECORD may have: nothing weaker than SHA-256 (PEP 427). */
export const RECORD_ALGORITHMS: readonly string[] = ['sha256', 'sha384', 'sha512'];
