/** Plain data that goes into a key. Numbers are integers; `undefined` is not allowed. @public */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text for one value: keys sorted by code unit, no white space, numbers in JavaScript's shortest form.
 * Follows RFC 8785 (JSON Canonicalization Scheme) for the values {@link Json} admits.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) {
    // Lists of keys are long, and JSON's own text of strings is the canonical one.
    if (value.every((item) => typeof item === 'string')) return JSON.stringify(value);
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** The value of a text of JSON; `undefined` if it is not one. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}

/** So deep may a value be: keys are not deep, and a value that holds itself has no end. */
const MAX_DEPTH = 100;

/**
 * What of a value a canonical text would lose or mistake: a `Map`, a number that is not one, something undefined.
 *
 * @returns what and where, such as `a Map at \`recipients\``; `undefined` if all of it is {@link Json}
 */
export function notPlain(value: unknown): string | undefined {
  return isPlain(value, 0) ? undefined : whatIsNotPlain(value, '', 0);
}

/** Most values are plain: where they are in one another is not kept track of. */
function isPlain(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (!Array.isArray(value) && !isDictionary(value)) return false;
  return Object.values(value).every((member) => isPlain(member, depth + 1));
}

function whatIsNotPlain(value: unknown, at: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return 'more than 100 levels of lists and dictionaries, or one that contains itself';
  const where = at === '' ? '' : ` at \`${at}\``;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${value}${where}`;
    case 'object': {
      if (value === null) return undefined;
      const members: [string, unknown][] = Array.isArray(value)
        ? value.map((item, index) => [`${at}[${index}]`, item])
        : Object.entries(value).map(([key, member]) => [at === '' ? key : `${at}.${key}`, member]);
      if (!Array.isArray(value) && !isDictionary(value)) return `${nameOfClass(value)}${where}`;
      for (const [path, member] of members) {
        const wrong = whatIsNotPlain(member, path, depth + 1);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    }
    default:
      return `${value === undefined ? 'undefined' : `a ${typeof value}`}${where}`;
  }
}

/** By its prototype's own lack of one: a plugin may be run in a realm with an `Object` of its own. */
function isDictionary(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOfClass(value: object): string {
  return `a ${value.constructor.name}`;
}
