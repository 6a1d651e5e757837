import { compareVersions, isVersion } from '@wheelhouse/python/internal';

/** A file as the pages of an index tell of it. */
export interface OfferedFile {
  readonly filename: string;
  readonly version: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly requiresPython?: string;
  /** SHA-256 of what is offered as `<filename>.metadata` (PEP 658). */
  readonly metadataSha256?: string;
}

/** The text of a page in both forms (PEP 503, PEP 691). */
export interface Page {
  readonly html: string;
  readonly json: string;
}

/** The page of a project. @param filesUrl where its files are, from the page, with a slash at the end */
export function projectPage(name: string, files: readonly OfferedFile[], filesUrl: string): Page {
  const links = files.map((file) => {
    const attributes = [
      ['href', `${url(filesUrl, file)}#sha256=${file.sha256}`],
      ...(file.requiresPython === undefined ? [] : [['data-requires-python', file.requiresPython]]),
      // Under the name that it first had, too: older clients know no other (PEP 714).
      ...(file.metadataSha256 === undefined
        ? []
        : ['data-core-metadata', 'data-dist-info-metadata'].map((key) => [key, `sha256=${file.metadataSha256 ?? ''}`])),
    ].map(([key = '', value = '']) => `${key}="${escapeHtml(value)}"`);
    return `    <a ${attributes.join(' ')}>${escapeHtml(file.filename)}</a><br>`;
  });
  return {
    html: page(`Links for ${name}`, links),
    json: jsonText({
      meta: META,
      name,
      versions: [...new Set(files.map(({ version }) => version))].sort(byVersion),
      files: files.map((file) => jsonFile(file, filesUrl)),
    }),
  };
}

/** The page of all projects. @param names normalised */
export function rootPage(names: readonly string[]): Page {
  return {
    html: page(
      'Simple index',
      names.map((name) => `    <a href="${name}/">${name}</a><br>`),
    ),
    json: jsonText({ meta: META, projects: names.map((name) => ({ name })) }),
  };
}

/** PEP 700's version of the API: `versions`, and the size of each file. */
const META = { 'api-version': '1.1' };

/** Without the older name of `core-metadata`: clients that know it alone take its value for a text (PEP 714). */
function jsonFile(file: OfferedFile, filesUrl: string): Readonly<Record<string, unknown>> {
  const metadata = file.metadataSha256 === undefined ? undefined : { sha256: file.metadataSha256 };
  return {
    filename: file.filename,
    url: url(filesUrl, file),
    hashes: { sha256: file.sha256 },
    ...(file.requiresPython === undefined ? {} : { 'requires-python': file.requiresPython }),
    ...(metadata === undefined ? {} : { 'core-metadata': metadata }),
    size: file.sizeBytes,
    yanked: false,
  };
}

function page(title: string, lines: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '  <head>',
    '    <meta charset="utf-8">',
    '    <meta name="pypi:repository-version" content="1.1">',
    `    <title>${escapeHtml(title)}</title>`,
    '  </head>',
    '  <body>',
    `    <h1>${escapeHtml(title)}</h1>`,
    ...lines,
    '  </body>',
    '</html>',
    '',
  ].join('\n');
}

function url(filesUrl: string, { filename }: OfferedFile): string {
  return `${filesUrl}${encodeURIComponent(filename)}`;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function byVersion(a: string, b: string): number {
  if (isVersion(a) && isVersion(b)) return compareVersions(a, b);
  return a < b ? -1 : 1;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
