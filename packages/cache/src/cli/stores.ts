import { statSync } from 'node:fs';
import type { Settings } from '../config/settings.js';
import { missingSetting } from '../config/setting-sources.js';
import { cacheError } from '../errors.js';
import type { CacheStore } from '../store/cache-store.js';
import { DiskStore } from '../store/disk-store.js';
import type { Collection, KeptStore, Retention } from '../store/keeping.js';
import { LayeredStore } from '../store/layered-store.js';
import { ReadOnlyStore } from '../store/read-only-store.js';
import { Bucket } from '../store/s3/bucket.js';
import { S3Store } from '../store/s3/s3-store.js';
import { Spool } from '../store/spool.js';
import { pullRequestShare } from '../tiers/access.js';

/** The stores that settings describe. */
export interface OpenedStores {
  /** What is served. */
  readonly store: CacheStore;
  /** Where the entries are that count. */
  readonly kept: KeptStore;
  /** Those whose collections are this server's business. */
  readonly collected: readonly KeptStore[];
  /** The disk: of the entries, or of what is on its way and near. */
  readonly disk: DiskStore;
  readonly spool: Spool;
  /** There where entries are in one. */
  readonly bucket: Bucket | undefined;
}

/** The listeners for what stores do by themselves. */
export interface StoreListeners {
  /** Of the store that counts. */
  readonly onCollection?: (collection: Collection) => void;
  readonly onNearFault?: (error: unknown) => void;
}

/** Opens what settings describe; nothing is asked of it yet. */
export async function openStores(settings: Settings, listeners: StoreListeners = {}): Promise<OpenedStores> {
  const { quota, pullRequestQuota, maxAge, diskQuota, data = '' } = settings;
  const retention = { quotaBytes: quota, shares: [pullRequestShare(pullRequestQuota)], maxAgeMs: maxAge };
  const nearRetention: Retention = {
    quotaBytes: diskQuota,
    shares: [pullRequestShare(Math.ceil((diskQuota * pullRequestQuota) / quota))],
    maxAgeMs: maxAge,
  };
  const { onCollection, onNearFault = () => undefined } = listeners;
  const told = onCollection === undefined ? {} : { onCollection };
  const bucket = await openBucket(settings);
  const disk = new DiskStore({
    directory: data,
    now: Date.now,
    ...(bucket === undefined ? { retention, ...told } : { retention: nearRetention }),
  });
  const spool = new Spool({ directory: disk.layout.temporary, capacityBytes: diskQuota });
  const kept = bucket === undefined ? disk : new S3Store({ bucket, retention, now: Date.now, ...told });
  const counts = settings.readOnly ? new ReadOnlyStore(kept) : kept;
  const isLayered = settings.store === 'layered';
  return {
    store: isLayered ? new LayeredStore({ near: disk, far: counts, spool, onNearFault }) : counts,
    kept,
    collected: [...(settings.readOnly ? [] : [kept]), ...(isLayered ? [disk] : [])],
    disk,
    spool,
    bucket,
  };
}

/**
 * The store whose entries count, for a command that makes no sense unless it already exists.
 *
 * @throws ElementError CACHE_SETTINGS, CACHE_DATA
 */
export async function openExistingStore(settings: Settings): Promise<KeptStore> {
  const { data, store } = settings;
  if (store === 'disk') {
    if (data === undefined) throw missingSetting('data', 'DIR');
    if (statSync(data, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw cacheError(
        'CACHE_DATA',
        `\`${data}\` is not a directory`,
        'set `--data` to the directory that `wheelhouse-cache serve` uses',
      );
    }
  }
  const { kept, bucket } = await openStores(settings);
  try {
    await bucket?.check();
  } catch (error) {
    throw cacheError(
      'CACHE_DATA',
      `the bucket \`${bucket?.options.bucket ?? ''}\` cannot be used: ${reasonOf(error)}`,
      '`wheelhouse-cache doctor` checks what it needs; credentials are found as in any AWS program',
      error,
    );
  }
  return kept;
}

/** @throws ElementError CACHE_SETTINGS if the store is only read, for a command that removes entries */
export function refuseReadOnly({ readOnly }: Settings, command: string): void {
  if (!readOnly) return;
  throw cacheError(
    'CACHE_SETTINGS',
    `\`${command}\` removes entries, but \`read-only\` is \`true\``,
    'run it on the server that writes the entries',
  );
}

/** A short description of the response of an S3 service. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isNamed = !['Error', 'TimeoutError', 'IssuerFault'].includes(error.name);
  const words = error.message === '' || error.message === 'UnknownError' ? '' : error.message;
  return [isNamed ? error.name : '', words].filter((part) => part !== '').join(': ');
}

async function openBucket({ bucket: settings }: Settings): Promise<Bucket | undefined> {
  if (settings === undefined) return undefined;
  const { bucket, prefix, endpoint, region, pathStyle, timeout } = settings;
  return await Bucket.open({
    ...{ bucket, prefix, pathStyle, timeoutMs: timeout },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  });
}
