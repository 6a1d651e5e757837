import { parseDuration, parseSize } from '../config/quantity.js';

/** The plugin options in `nx.json`, as they were written. Sizes and durations are strings such as `5GB`, `30s`. */
export interface ProxyOptions {
  /** Address of the shared cache; without one the proxy is a cache of this machine. */
  readonly upstream?: string;
  /** The environment variable that holds the token, if it is not NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN. */
  readonly tokenVariable?: string;
  /** A file that holds the token, relative to the workspace; read again whenever it has changed. */
  readonly tokenFile?: string;
  /** Whether nothing is uploaded, even if the token allows it. */
  readonly readOnly?: boolean;
  /** How much the local tier keeps; `0` for no local tier. */
  readonly quota?: string;
  /** How long the local tier keeps an unused entry. */
  readonly maxAge?: string;
  /** The largest entry that is let through, as it is sent. */
  readonly maxEntry?: string;
  /** The most that an entry may hold once it is unpacked. */
  readonly maxUnpacked?: string;
  /** How much may wait to be uploaded. */
  readonly spoolQuota?: string;
  /** How long the shared cache may take to answer a download. */
  readonly timeout?: string;
  /** How long the proxy may be idle before it exits. */
  readonly idle?: string;
  /** How long the end of a run waits for its uploads; default: a minute on CI and a moment elsewhere. */
  readonly flush?: string;
  /** A file of certificates in PEM, relative to the workspace, that are trusted beside the usual ones. */
  readonly ca?: string;
  /** Further headers for every request to the shared cache. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the proxy keeps its data, relative to the workspace. */
  readonly directory?: string;
}

/** The settings of a proxy. Sizes are in bytes, durations in milliseconds. */
export interface ProxySettings {
  /** Without a slash at its end. */
  readonly upstream: string | undefined;
  readonly readOnly: boolean;
  readonly quota: number;
  readonly maxAge: number;
  readonly maxEntry: number;
  readonly maxUnpacked: number;
  readonly spoolQuota: number;
  readonly timeout: number;
  readonly idle: number;
  readonly headers: Readonly<Record<string, string>>;
}

const SIZE = 'a size such as `500MB` or `20GiB`';
const SPAN = 'a duration such as `30s` or `10m`';

const SIZES = { quota: '5GB', maxEntry: '1GB', maxUnpacked: '8GB', spoolQuota: '2GB' } as const;
const SPANS = { maxAge: '30d', timeout: '5s', idle: '5m' } as const;
const TEXTS = ['upstream', 'tokenVariable', 'tokenFile', 'ca', 'directory', 'flush'] as const;
const NAMES = ['readOnly', 'headers', ...TEXTS, ...Object.keys(SIZES), ...Object.keys(SPANS)];

/** The headers that the proxy sets itself. */
const OWN_HEADERS = [
  'authorization',
  'content-length',
  'content-type',
  'host',
  'connection',
  'transfer-encoding',
  'expect',
];

/**
 * Reads the options of the plugin, in the process that Nx waits for: nothing but this file is loaded for it.
 *
 * @param upstream what the environment says the shared cache is, which wins over the option
 * @returns the settings, or messages for everything that is wrong with the options
 */
export function readProxyOptions(
  given: unknown,
  upstream?: string,
): { readonly settings: ProxySettings } | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const wrong = (name: string, value: unknown, expected: string): void => {
    problems.push(
      `\`${name}\` is \`${typeof value === 'string' ? value : JSON.stringify(value)}\`; it must be ${expected}`,
    );
  };
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    return { problems: ['the options must be an object'] };
  }
  const options = (given ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) {
      problems.push(`unknown option \`${name}\`; the options are ${NAMES.map((each) => `\`${each}\``).join(', ')}`);
    }
  }
  const quantity = (
    name: string,
    unless: string,
    parse: (text: string) => number | undefined,
    form: string,
  ): number => {
    const value = options[name] ?? unless;
    const number = typeof value === 'string' ? parse(value) : undefined;
    if (number === undefined) wrong(name, value, form);
    return number ?? 0;
  };
  const sizes = Object.entries(SIZES).map(([name, unless]) => [
    name,
    quantity(name, unless, name === 'quota' ? (text) => (text === '0' ? 0 : parseSize(text)) : parseSize, SIZE),
  ]);
  const spans = Object.entries(SPANS).map(([name, unless]) => [name, quantity(name, unless, parseDuration, SPAN)]);
  for (const name of TEXTS) {
    const value = options[name];
    if (value !== undefined && (typeof value !== 'string' || value === '')) wrong(name, value, 'a string');
  }
  if (typeof options.flush === 'string' && options.flush !== '0' && parseDuration(options.flush) === undefined) {
    wrong('flush', options.flush, SPAN);
  }
  if (options.readOnly !== undefined && typeof options.readOnly !== 'boolean') {
    wrong('readOnly', options.readOnly, '`true` or `false`');
  }
  const named = upstream ?? options.upstream;
  const address = typeof named === 'string' ? addressOf(named) : undefined;
  if (typeof named === 'string' && address === undefined) {
    const called = upstream === undefined ? 'upstream' : 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER';
    wrong(called, named, 'an address such as `https://cache.example.org`');
  }
  const headers = options.headers ?? {};
  if (!areHeaders(headers)) {
    problems.push(
      `\`headers\` must be an object of strings, without ${OWN_HEADERS.map((each) => `\`${each}\``).join(', ')}`,
    );
  }
  if (problems.length > 0) return { problems };
  return {
    settings: {
      upstream: address,
      readOnly: options.readOnly === true,
      headers: headers as Record<string, string>,
      ...(Object.fromEntries(sizes) as Record<keyof typeof SIZES, number>),
      ...(Object.fromEntries(spans) as Record<keyof typeof SPANS, number>),
    },
  };
}

function addressOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    return undefined;
  }
  return url.href.replace(/\/+$/, '');
}

function areHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, text]) =>
      /^[!#$%&'*+.^_`|~\w-]+$/.test(name) &&
      !OWN_HEADERS.includes(name.toLowerCase()) &&
      typeof text === 'string' &&
      /^[\t\x20-\x7e]*$/.test(text),
  );
}
