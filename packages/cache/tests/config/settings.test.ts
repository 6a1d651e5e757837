import { join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  formatSize,
  parseAddress,
  parseDuration,
  parseSize,
  readSettings,
  readSettingsFile,
  SETTINGS,
  type Settings,
} from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';

const directory = temporaryDirectories();

interface Given {
  readonly file?: string;
  readonly options?: Record<string, string>;
  readonly environment?: Record<string, string>;
  readonly required?: readonly ('data' | 'tokens')[];
  readonly cwd?: string;
}

function settings({ file, options = {}, environment = {}, required = [], cwd }: Given): Settings {
  const where = cwd ?? directory(file === undefined ? {} : { 'wheelhouse-cache.yml': file });
  return readSettings({ options, environment, cwd: where, ...readSettingsFile(undefined, where) }, required);
}

function messageOf(given: Given): string {
  try {
    settings(given);
  } catch (error) {
    return formatError(error as ElementError);
  }
  throw new Error('nothing was thrown');
}

describe('settings', () => {
  it('have values to fall back on', () => {
    expect(settings({})).toEqual({
      listen: { host: '127.0.0.1', port: 3737 },
      data: undefined,
      tokens: undefined,
      oidc: [],
      store: 'disk',
      bucket: undefined,
      readOnly: false,
      diskQuota: 20e9,
      collectEvery: 3_600_000,
      tlsCertificate: undefined,
      tlsKey: undefined,
      quota: 20e9,
      pullRequestQuota: 5e9,
      maxEntry: 1e9,
      maxAge: 30 * 86_400_000,
      headTimeout: 10_000,
      transferTimeout: 900_000,
      idleTimeout: 60_000,
      minRate: 1000,
      maxConnections: 512,
      shutdownTimeout: 30_000,
      logLevel: 'info',
    });
  });

  it('are those of the command line before the environment before the file', () => {
    const file = 'quota: 1GB\nmax-age: 1d\nlog-level: warn\n';
    const environment = {
      WHEELHOUSE_CACHE_QUOTA: '2GB',
      WHEELHOUSE_CACHE_MAX_AGE: '2d',
      WHEELHOUSE_CACHE_DIR: '/other',
    };
    const { quota, maxAge, logLevel } = settings({ file, environment, options: { quota: '3GB' } });
    expect([quota, maxAge, logLevel]).toEqual([3e9, 2 * 86_400_000, 'warn']);
  });

  it('name paths from where they are written', () => {
    const cwd = directory({ 'etc/cache.yml': 'data: ../data\n' });
    const file = readSettingsFile('etc/cache.yml', cwd);
    const { data, tokens } = readSettings({ options: { tokens: 'tokens.yml' }, environment: {}, cwd, ...file }, []);
    expect([data, tokens]).toEqual([join(cwd, 'data'), join(cwd, 'tokens.yml')]);
  });

  it('leave an entry no larger than the quota', () => {
    expect(settings({ options: { quota: '10MB' } }).maxEntry).toBe(10e6);
  });

  it('are refused all together, each where it is written', () => {
    const file = 'quota: much\nmax-connections: 0\nlog-level: loud\nspeed: 9\nidle-timeout: 5\ntls-key: k\n';
    expect(
      messageOf({
        file,
        environment: { WHEELHOUSE_CACHE_LISTEN: 'here' },
        options: { 'max-age': 'soon' },
        required: ['data', 'tokens'],
      }),
    ).toBe(
      [
        'wheelhouse-cache.yml [line 4 column 7]: Unexpected key: speed',
        `hint: known keys are ${[...Object.keys(SETTINGS), 'oidc'].map((name) => `\`${name}\``).join(', ')}`,
        'wheelhouse-cache.yml [line 1 column 7]: `quota` is `much`',
        'hint: it must be a size such as `500MB` or `20GiB`',
        '`WHEELHOUSE_CACHE_LISTEN` is `here`',
        'hint: it must be an address such as `127.0.0.1:3737` or `[::1]:3737`',
        '`--max-age` is `soon`',
        'hint: it must be a duration such as `30s`, `10m` or `30d`',
        'wheelhouse-cache.yml [line 5 column 14]: `idle-timeout` is `5`',
        'hint: it must be a duration such as `30s`, `10m` or `30d`',
        'wheelhouse-cache.yml [line 2 column 17]: `max-connections` is `0`',
        'hint: it must be a number of connections from 1 to 65535',
        'wheelhouse-cache.yml [line 3 column 11]: `log-level` is `loud`',
        'hint: it must be `debug`, `info`, `warn`, `error`, `silent`',
        '`data` is not set',
        'hint: pass `--data DIR`, set `WHEELHOUSE_CACHE_DATA`, or add `data` to `wheelhouse-cache.yml`',
        '`tokens` is not set',
        'hint: pass `--tokens FILE`, set `WHEELHOUSE_CACHE_TOKENS`, or add `tokens` to `wheelhouse-cache.yml`',
        '`tls-certificate` is not set',
        'hint: pass `--tls-certificate FILE`, set `WHEELHOUSE_CACHE_TLS_CERTIFICATE`, or add `tls-certificate` to `wheelhouse-cache.yml`',
      ].join('\n'),
    );
  });

  it('are refused where they do not fit together', () => {
    const options = { quota: '1GB', 'max-entry': '2GB', 'pull-request-quota': '1.5GB' };
    expect(messageOf({ options })).toBe(
      '`--pull-request-quota` is `1.5GB`\nhint: it must be at most `quota`, which is 1 GB\n' +
        '`--max-entry` is `2GB`\nhint: it must be at most `quota`, which is 1 GB',
    );
  });

  it('describe a bucket, with a disk before it', () => {
    const file = 'store: layered\ns3-bucket: nx-cache\ns3-prefix: team/a\nquota: 1TB\ndisk-quota: 50GB\n';
    const bucket = { bucket: 'nx-cache', prefix: 'team/a/', timeout: 10_000 };
    expect(settings({ file })).toMatchObject({
      store: 'layered',
      bucket: { ...bucket, endpoint: undefined, region: undefined, pathStyle: false },
      quota: 1e12,
      diskQuota: 50e9,
      collectEvery: 86_400_000,
    });
    const environment = { WHEELHOUSE_CACHE_S3_ENDPOINT: 'http://127.0.0.1:9000/', WHEELHOUSE_CACHE_S3_PREFIX: 'x' };
    const options = { 's3-timeout': '3s', 'collect-every': 'never', 'read-only': 'true', 'disk-quota': '1GB' };
    expect(settings({ file, environment, options })).toMatchObject({
      bucket: {
        ...{ ...bucket, prefix: 'x/', timeout: 3000 },
        ...{ endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', pathStyle: true },
      },
      readOnly: true,
      diskQuota: 1e9,
      collectEvery: undefined,
    });
  });

  it('of a bucket are refused where they are wrong, missing, or of no use', () => {
    expect(
      messageOf({
        options: {
          ...{ store: 's3', 's3-bucket': 'No', 's3-prefix': '../up', 's3-endpoint': 'http://me:secret@host/' },
          ...{ 's3-region': 'Mars!', 's3-path-style': 'yes', 's3-timeout': 'soon', 'read-only': 'maybe' },
          ...{ 'collect-every': 'often' },
        },
      }),
    ).toBe(
      [
        '`--collect-every` is `often`',
        'hint: it must be a duration such as `30s`, `10m` or `30d`, or `never`',
        '`--s3-bucket` is `No`',
        'hint: it must be the name of a bucket: 3 to 63 lowercase letters, digits, dots and hyphens',
        '`--s3-prefix` is `../up`',
        'hint: it must be names of letters, digits and `._-`, separated by slashes',
        '`--s3-endpoint` is `http://me:secret@host/`',
        'hint: it must be an address such as `https://s3.example.org`',
        '`--s3-region` is `Mars!`',
        'hint: it must be a region such as `eu-central-1`',
        '`--s3-path-style` is `yes`',
        'hint: it must be `true` or `false`',
        '`--s3-timeout` is `soon`',
        'hint: it must be a duration such as `10s`',
        '`--read-only` is `maybe`',
        'hint: it must be `true` or `false`',
      ].join('\n'),
    );
    expect(messageOf({ options: { store: 'layered' } })).toBe(
      '`s3-bucket` is not set\n' +
        'hint: pass `--s3-bucket NAME`, set `WHEELHOUSE_CACHE_S3_BUCKET`, or add `s3-bucket` to `wheelhouse-cache.yml`',
    );
    expect(messageOf({ file: 's3-bucket: b00\ndisk-quota: 1GB\n' })).toBe(
      'wheelhouse-cache.yml [line 1 column 11]: `s3-bucket` is `b00`\n' +
        'hint: it must be left out unless `store` is `s3` or `layered`\n' +
        'wheelhouse-cache.yml [line 2 column 12]: `disk-quota` is `1GB`\n' +
        'hint: it must be left out unless `store` is `s3` or `layered`',
    );
    expect(messageOf({ options: { store: 'tape' } })).toBe(
      '`--store` is `tape`\nhint: it must be `disk`, `s3`, `layered`',
    );
  });

  it('are looked for in a file that must be there if it is named', () => {
    const cwd = directory();
    expect(() => readSettingsFile('other.yml', cwd)).toThrow(
      `cannot read the settings in \`${join(cwd, 'other.yml')}\`: ENOENT`,
    );
  });
});

describe('quantities', () => {
  it('are read with their units, and only with these', () => {
    expect(['1', '1B', '1.5KB', '2 MB', '3GiB', '4TB'].map(parseSize)).toEqual([1, 1, 1500, 2e6, 3 * 2 ** 30, 4e12]);
    expect(['', '0', '-1', '1kb', '1iB', '1.2345KB', 'GB', '1e9', '99999999TB'].map(parseSize)).toEqual(
      Array.from({ length: 9 }),
    );
    expect(['5ms', '5s', '5 m', '5h', '5d'].map(parseDuration)).toEqual([5, 5000, 300_000, 18_000_000, 432_000_000]);
    expect(['', '5', '0s', '-5s', '5w', '1.5h', 's'].map(parseDuration)).toEqual(Array.from({ length: 7 }));
    expect([0, 999, 1000, 1_234_567, 20e9, 5e12].map(formatSize)).toEqual([
      '0 B',
      '999 B',
      '1 KB',
      '1.23 MB',
      '20 GB',
      '5 TB',
    ]);
  });

  it('include addresses', () => {
    expect(['127.0.0.1:0', '[::1]:3737', 'cache.example.org:80'].map(parseAddress)).toEqual([
      { host: '127.0.0.1', port: 0 },
      { host: '::1', port: 3737 },
      { host: 'cache.example.org', port: 80 },
    ]);
    expect(['3737', ':3737', '::1:3737', 'a:70000', 'a b:1', 'http://a:1'].map(parseAddress)).toEqual(
      Array.from({ length: 6 }),
    );
  });
});
