import type { Paragraph } from './dpkg-dependencies.js';

/** Fields whose continuation lines are read. */
const DEPENDENCY_FIELDS = new Set(['Depends', 'Pre-Depends', 'Provides']);

/** The paragraphs of dpkg's status file, or of the index of a mirror, that are about packages. */
export function readParagraphs(text: string): Paragraph[] {
  return text.split(/\n\n+/).flatMap(readParagraph);
}

function readParagraph(text: string): Paragraph[] {
  const fields: Record<string, string> = {};
  let last: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last !== undefined && DEPENDENCY_FIELDS.has(last)) fields[last] = `${fields[last] ?? ''}${line}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    last = line.slice(0, colon);
    fields[last] = line.slice(colon + 1).trim();
  }
  const { Package, Architecture, Version } = fields;
  if (Package === undefined || Architecture === undefined || Version === undefined) return [];
  return [{ ...fields, Package, Architecture, Version }];
}
