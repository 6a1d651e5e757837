import type { JsonFile } from '../merge/json-file.js';

/** The plugin that makes targets of Python projects. It is written into nx.json, and never imported. */
export const BUILD_PLUGIN = '@wheelhouse/build';

/** The entries of `plugins`, with their names and their places. */
export function pluginEntries(nxJson: JsonFile): { readonly name: string; readonly index: number }[] {
  const plugins = nxJson.get(['plugins']);
  if (!Array.isArray(plugins)) return [];
  return plugins.map((entry: unknown, index) => ({
    name: typeof entry === 'string' ? entry : ((entry as { readonly plugin?: string } | null)?.plugin ?? ''),
    index,
  }));
}
