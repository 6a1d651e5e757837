import { badSetting, missingSetting } from './setting-sources.js';
import { parseDuration } from './quantity.js';
import { parseSwitch, type SettingReader } from './setting-reader.js';

/** Where entries are: on a disk, in a bucket, or in a bucket with a disk before it. */
export const STORE_KINDS = ['disk', 's3', 'layered'] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** What the settings say of a bucket. */
export interface BucketSettings {
  readonly bucket: string;
  /** Empty, or ending in `/`. */
  readonly prefix: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly pathStyle: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The settings of a bucket by their names; see `SETTINGS`. */
export const BUCKET_SETTINGS = {
  's3-bucket': { form: 'NAME', summary: 'the bucket for the entries, if --store is s3 or layered' },
  's3-prefix': { form: 'TEXT', summary: 'the prefix of all its keys; default: none' },
  's3-endpoint': { form: 'URL', summary: 'the URL of an S3 service other than AWS' },
  's3-region': { form: 'NAME', summary: 'the region; default: the one in the environment' },
  's3-path-style': {
    form: 'BOOL',
    summary: 'whether URLs have the bucket in their path; default: true if there is an endpoint',
  },
  's3-timeout': { form: 'TIME', summary: 'how long to wait for its answer to a request', unless: '10s' },
} as const;

/**
 * Reads the settings of the bucket that `store` asks for. Where it asks for none they are refused: they would be ignored.
 *
 * @returns `undefined` if there is no bucket, or where something is wrong, which is collected
 */
export function readBucketSettings(reader: SettingReader, store: StoreKind): BucketSettings | undefined {
  if (store === 'disk') {
    for (const name of [...Object.keys(BUCKET_SETTINGS), 'disk-quota']) {
      const given = reader.written(name);
      if (given !== undefined) reader.errors.add(badSetting(given, 'left out unless `store` is `s3` or `layered`'));
    }
    return undefined;
  }
  const bucket = reader.optional(
    's3-bucket',
    matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    'the name of a bucket: 3 to 63 lowercase letters, digits, dots and hyphens',
  );
  const prefix = reader.optional('s3-prefix', parsePrefix, 'names of letters, digits and `._-`, separated by slashes');
  const endpoint = reader.optional('s3-endpoint', parseEndpoint, 'an address such as `https://s3.example.org`');
  const region = reader.optional('s3-region', matching(/^[a-z0-9-]{1,40}$/), 'a region such as `eu-central-1`');
  const pathStyle = reader.optional('s3-path-style', parseSwitch, '`true` or `false`');
  const timeout = reader.read('s3-timeout', parseDuration, 'a duration such as `10s`');
  if (bucket === undefined) {
    if (reader.written('s3-bucket') === undefined) reader.errors.add(missingSetting('s3-bucket', 'NAME'));
    return undefined;
  }
  return {
    bucket,
    prefix: prefix ?? '',
    endpoint,
    region: region ?? (endpoint === undefined ? undefined : 'us-east-1'),
    pathStyle: pathStyle ?? endpoint !== undefined,
    timeout,
  };
}

function matching(pattern: RegExp): (text: string) => string | undefined {
  return (text) => (pattern.test(text) ? text : undefined);
}

function parsePrefix(text: string): string | undefined {
  const names = text.replace(/\/$/, '').split('/');
  return names.every((name) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) ? `${names.join('/')}/` : undefined;
}

function parseEndpoint(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, pathname, search, hash, origin } = new URL(text);
  const isPlain = username + password + search + hash === '' && pathname === '/';
  return isPlain && /^https?:$/.test(protocol) ? origin : undefined;
}
