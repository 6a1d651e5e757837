/** Text that is HTML already. Made by {@link markup} alone. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, lists are joined, `undefined` is nothing. */
export type Part = Html | string | number | undefined | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose parts are escaped, for text and for quoted attributes; there is no way to put in raw text. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(textOf)));
}

/** Directions of writing that come from names would turn what stands beside them. */
const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069\u200E\u200F]/g;

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return String(part)
    .replace(DIRECTIONS, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
