import { sourceSetMatcher, type ProjectSettings } from '@wheelhouse/python/internal';
import { JsonFile } from '../merge/json-file.js';
import { BUILD_PLUGIN } from './plugin-entries.js';

/**
 * The options of the plugin `@wheelhouse/build` for a project: those of the last entry of nx.json whose `include` and
 * `exclude` fit one of the project's files. They are checked where the plugin reads them.
 *
 * @param nxJson the text of nx.json
 * @param files of the project that hold metadata, relative to the workspace
 * @throws ElementError UNREADABLE
 */
export function pluginSettings(nxJson: string, files: readonly string[]): ProjectSettings {
  const plugins = JsonFile.parse(nxJson, 'nx.json').get(['plugins']);
  const entries = Array.isArray(plugins) ? (plugins as readonly (string | PluginEntry)[]) : [];
  const fitting = entries.filter((entry): entry is PluginEntry => {
    if (typeof entry === 'string' || entry.plugin !== BUILD_PLUGIN) return false;
    return files.some(sourceSetMatcher({ include: entry.include ?? [], exclude: entry.exclude ?? [] }));
  });
  return fitting.at(-1)?.options ?? {};
}

interface PluginEntry {
  readonly plugin?: string;
  readonly options?: ProjectSettings;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}
