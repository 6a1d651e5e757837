import { statSync } from 'node:fs';
import { cacheError } from '../errors.js';
import { DiskStore, type DiskStoreOptions } from '../store/disk-store.js';
import { pullRequestShare } from '../tiers/access.js';
import type { Settings } from '../config/settings.js';

/** The store that settings describe. */
export function openStore(settings: Settings, onCollection?: DiskStoreOptions['onCollection']): DiskStore {
  return new DiskStore({
    directory: settings.data ?? '',
    retention: {
      quotaBytes: settings.quota,
      shares: [pullRequestShare(settings.pullRequestQuota)],
      maxAgeMs: settings.maxAge,
    },
    now: Date.now,
    ...(onCollection === undefined ? {} : { onCollection }),
  });
}

/** As {@link openStore}, for a command that makes no sense without a directory. @throws ElementError CACHE_DATA */
export function openExistingStore(settings: Settings): DiskStore {
  if (statSync(settings.data ?? '', { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw cacheError(
      'CACHE_DATA',
      `\`${settings.data ?? ''}\` is not a directory`,
      '`--data` names the directory that `wheelhouse-cache serve` was given',
    );
  }
  return openStore(settings);
}
