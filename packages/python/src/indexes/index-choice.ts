import type { IndexSettings, PinnedIndex } from './index-settings.js';

/** The indexes that names without a pin are looked up on, in the order in which uv asks them. */
export function commonIndexes({ indexUrl, extraIndexUrls, noIndex }: IndexSettings): string[] {
  if (noIndex) return [];
  return distinct([...extraIndexUrls, ...(indexUrl === undefined ? [] : [indexUrl])]);
}

/** The indexes that a distribution is looked up on, in the order in which they are asked. @param name normalised */
export function indexesFor(name: string, settings: IndexSettings): string[] {
  if (settings.noIndex) return [];
  const pin = pinOf(name, settings);
  return pin === undefined ? commonIndexes(settings) : [pin.url];
}

/** What a distribution is pinned to: the longest of the patterns that fit its name counts. @param name normalised */
export function pinOf(name: string, { pinned = [] }: Pick<IndexSettings, 'pinned'>): PinnedIndex | undefined {
  const fitting = pinned.flatMap((index) =>
    index.packages.filter((pattern) => fits(pattern, name)).map((pattern) => ({ index, length: pattern.length })),
  );
  return fitting.sort((a, b) => b.length - a.length)[0]?.index;
}

function fits(pattern: string, name: string): boolean {
  const words = pattern.split('*').map((word) => word.replace(/[.\\+^$()[\]{}|?]/g, '\\$&'));
  return new RegExp(`^${words.join('.*')}$`).test(name);
}

/** One address may be written twice, and with credentials or without: the first that is written counts. */
function distinct(urls: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const url of urls) {
    const key = url.replace(/\/\/[^/@]*@/, '//').replace(/\/+$/, '');
    if (!seen.has(key)) seen.set(key, url);
  }
  return [...seen.values()];
}
