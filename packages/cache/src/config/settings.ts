import { ErrorCollector } from '@wheelhouse/element/internal';
import { readProviders, type OidcProvider } from '../oidc/provider.js';
import {
  BUCKET_SETTINGS,
  readBucketSettings,
  STORE_KINDS,
  type BucketSettings,
  type StoreKind,
} from './bucket-settings.js';
import { LOG_LEVELS, type LogLevel } from './log-level.js';
import { parseAddress, type Address } from './address.js';
import { formatSize, parseDuration, parseSize } from './quantity.js';
import { parseSwitch, SettingReader } from './setting-reader.js';
import { badSetting, missingSetting, type SettingSources } from './setting-sources.js';

/** The settings of the server. Sizes are in bytes, durations in milliseconds, paths absolute. */
export interface Settings {
  readonly listen: Address;
  /** `undefined` if it is not set and not required. */
  readonly data: string | undefined;
  readonly store: StoreKind;
  /** There where `store` is not `disk`. */
  readonly bucket: BucketSettings | undefined;
  readonly readOnly: boolean;
  readonly tokens: string | undefined;
  /** In the file alone. */
  readonly oidc: readonly OidcProvider[];
  readonly tlsCertificate: string | undefined;
  readonly tlsKey: string | undefined;
  readonly quota: number;
  readonly pullRequestQuota: number;
  /** What is used of the disk: `quota` where the entries are there. */
  readonly diskQuota: number;
  /** `undefined` if nothing is removed by itself. */
  readonly collectEvery: number | undefined;
  readonly maxEntry: number;
  readonly maxAge: number;
  readonly headTimeout: number;
  readonly transferTimeout: number;
  readonly idleTimeout: number;
  /** Bytes a second. */
  readonly minRate: number;
  readonly maxConnections: number;
  readonly shutdownTimeout: number;
  readonly logLevel: LogLevel;
}

const HOUR_MS = 3_600_000;
const SIZE = 'a size such as `500MB` or `20GiB`';
const SPAN = 'a duration such as `30s`, `10m` or `30d`';

/** Every setting by its name: how `--help` puts its value, what it is for, and what holds unless it is given. */
export const SETTINGS: Readonly<
  Record<string, { readonly form: string; readonly summary: string; readonly unless?: string }>
> = {
  listen: {
    form: 'HOST:PORT',
    summary: 'the address to listen on; port 0 takes any free port',
    unless: '127.0.0.1:3737',
  },
  data: { form: 'DIR', summary: 'the directory for the entries' },
  tokens: { form: 'FILE', summary: 'the token file' },
  store: {
    form: 'KIND',
    summary: 'disk; s3: a bucket; layered: a bucket with the disk in front of it',
    unless: 'disk',
  },
  ...BUCKET_SETTINGS,
  'read-only': { form: 'BOOL', summary: 'whether all uploads are refused', unless: 'false' },
  'tls-certificate': { form: 'FILE', summary: 'the certificate chain in PEM; enables HTTPS' },
  'tls-key': { form: 'FILE', summary: 'its private key in PEM' },
  quota: { form: 'SIZE', summary: 'the size limit of the store', unless: '20GB' },
  'pull-request-quota': { form: 'SIZE', summary: 'how much of it pull requests may use; default: a quarter' },
  'disk-quota': { form: 'SIZE', summary: 'how much of the disk may be used, if --store is not disk', unless: '20GB' },
  'collect-every': {
    form: 'TIME',
    summary: 'how often the limits are enforced, or never; default: 1h, or 1d for a bucket',
  },
  'max-entry': { form: 'SIZE', summary: 'the largest entry accepted', unless: '1GB' },
  'max-age': { form: 'TIME', summary: 'how long an unused entry is kept', unless: '30d' },
  'head-timeout': { form: 'TIME', summary: 'how long the headers of a request may take', unless: '10s' },
  'transfer-timeout': { form: 'TIME', summary: 'how long an upload may take', unless: '15m' },
  'idle-timeout': { form: 'TIME', summary: 'how long a connection may be idle', unless: '60s' },
  'min-rate': { form: 'SIZE', summary: 'the lowest transfer rate per second, over half a minute', unless: '1KB' },
  'max-connections': { form: 'N', summary: 'how many connections may be open', unless: '512' },
  'shutdown-timeout': { form: 'TIME', summary: 'how long requests may take to finish on shutdown', unless: '30s' },
  'log-level': { form: 'LEVEL', summary: LOG_LEVELS.join(', '), unless: 'info' },
};

/**
 * Reads all settings and finds everything that is wrong with them.
 *
 * @param required the names of settings without which the caller cannot go on
 * @throws ElementError, ElementErrors CACHE_SETTINGS, each naming the setting and where it was written
 */
export function readSettings(sources: SettingSources, required: readonly ('data' | 'tokens')[]): Settings {
  const errors = new ErrorCollector();
  errors.attempt(() => {
    sources.file.validateKeys([...Object.keys(SETTINGS), 'oidc']);
  });
  const reader = new SettingReader(sources, SETTINGS, errors);
  const read = reader.read.bind(reader);
  const written = reader.written.bind(reader);
  const path = reader.path.bind(reader);

  const quota = read('quota', parseSize, SIZE);
  const share = written('pull-request-quota');
  const pullRequestQuota = share === undefined ? Math.ceil(quota / 4) : parseSize(share.text);
  if (share !== undefined && pullRequestQuota === undefined) errors.add(badSetting(share, SIZE));
  if (share !== undefined && (pullRequestQuota ?? 0) > quota) {
    errors.add(badSetting(share, `at most \`quota\`, which is ${formatSize(quota)}`));
  }
  const maxEntryGiven = written('max-entry');
  const maxEntry = read('max-entry', parseSize, SIZE);
  if (maxEntryGiven !== undefined && maxEntry > quota) {
    errors.add(badSetting(maxEntryGiven, `at most \`quota\`, which is ${formatSize(quota)}`));
  }
  const store = read('store', parseStoreKind, STORE_KINDS.map((kind) => `\`${kind}\``).join(', '));
  const collectEvery = reader.optional('collect-every', parseInterval, `${SPAN}, or \`never\``);
  const settings: Settings = {
    listen: read('listen', parseAddress, 'an address such as `127.0.0.1:3737` or `[::1]:3737`'),
    data: path('data'),
    tokens: path('tokens'),
    oidc: errors.attempt(() => readProviders(sources.file, parseDuration)) ?? [],
    store,
    bucket: readBucketSettings(reader, store),
    readOnly: read('read-only', parseSwitch, '`true` or `false`'),
    tlsCertificate: path('tls-certificate'),
    tlsKey: path('tls-key'),
    quota,
    pullRequestQuota: pullRequestQuota ?? quota,
    diskQuota: store === 'disk' ? quota : read('disk-quota', parseSize, SIZE),
    collectEvery: collectEvery === 'never' ? undefined : (collectEvery ?? (store === 'disk' ? HOUR_MS : 24 * HOUR_MS)),
    maxEntry: Math.min(maxEntry, quota),
    maxAge: read('max-age', parseDuration, SPAN),
    headTimeout: read('head-timeout', parseDuration, SPAN),
    transferTimeout: read('transfer-timeout', parseDuration, SPAN),
    idleTimeout: read('idle-timeout', parseDuration, SPAN),
    minRate: read('min-rate', parseSize, SIZE),
    maxConnections: read('max-connections', parseCount, 'a number of connections from 1 to 65535'),
    shutdownTimeout: read('shutdown-timeout', parseDuration, SPAN),
    logLevel: read('log-level', parseLogLevel, LOG_LEVELS.map((level) => `\`${level}\``).join(', ')),
  };
  for (const name of required) {
    // Clients are identified by either.
    if (name === 'tokens' && settings.oidc.length > 0) continue;
    if (settings[name] === undefined) errors.add(missingSetting(name, SETTINGS[name]?.form ?? ''));
  }
  const [certificate, key] = [settings.tlsCertificate, settings.tlsKey];
  if ((certificate === undefined) !== (key === undefined)) {
    errors.add(missingSetting(certificate === undefined ? 'tls-certificate' : 'tls-key', 'FILE'));
  }
  errors.throwIfAny();
  return settings;
}

function parseStoreKind(text: string): StoreKind | undefined {
  return STORE_KINDS.find((kind) => kind === text);
}

function parseInterval(text: string): number | 'never' | undefined {
  return text === 'never' ? text : parseDuration(text);
}

function parseCount(text: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function parseLogLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text);
}
