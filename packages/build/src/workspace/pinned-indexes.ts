import { normalizeName } from '@wheelhouse/python/internal';
import type { PinnedIndex } from '@wheelhouse/python/fetch';
import type { Fail } from './option-check.js';
import type { PluginOptionsSchema } from './plugin-options.schema.js';

/** The option `indexes` as it is used: URLs and names normalised. A pattern that is pinned to two indexes is wrong. */
export function pinnedIndexes(given: NonNullable<PluginOptionsSchema['indexes']>, fail: Fail): PinnedIndex[] {
  const owners = new Map<string, string>();
  return Object.entries(given).map(([name, { url, packages }]) => {
    const patterns = packages.map(normalizeName);
    for (const pattern of patterns) {
      const other = owners.get(pattern);
      if (other !== undefined && other !== name) {
        const message = `the option \`indexes\` pins \`${pattern}\` to two indexes, \`${other}\` and \`${name}\``;
        fail(message, 'pin it to one', ['indexes', name]);
      }
      owners.set(pattern, name);
    }
    return { name, url: new URL(url).href, packages: patterns };
  });
}
