import { ElementError } from '@wheelhouse/element';
import type { PinnedIndex } from '@wheelhouse/python/fetch';
import { PLUGIN, type PluginEntry } from './nx-json.js';

/**
 * The pinned indexes of a workspace: all entries of nx.json say them together.
 *
 * @throws ElementError PLUGIN_OPTIONS if two entries mean different indexes by one name
 */
export function workspaceIndexes(entries: readonly PluginEntry[]): PinnedIndex[] {
  const byName = new Map<string, PinnedIndex>();
  for (const index of entries.flatMap(({ options }) => options.indexes ?? [])) {
    const known = byName.get(index.name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(index)) {
      throw new ElementError({
        code: 'PLUGIN_OPTIONS',
        message: `nx.json: ${PLUGIN}: two entries define different indexes \`${index.name}\``,
        hint: 'define it in one entry, or the same in both',
      });
    }
    byName.set(index.name, index);
  }
  return [...byName.values()];
}
