import { requires, stageSources, type SourceStagingOptions } from './source-staging.js';
import type { Json } from '../base/json.js';
import type { Element } from '../plugin/element.js';
import { awaitPlugin } from '../plugin/plugin-call.js';
import type { Source } from '../plugin/source.js';

/** The newest ref of a source that follows something. */
export interface TrackedSource {
  readonly source: Source;
  readonly ref: Json;
}

/**
 * Asks each source of an element that can track for its newest ref. Sources that need what earlier ones staged get it,
 * with the refs that those have now. Nothing is written: where refs are kept is the loader's to know.
 *
 * @throws ElementError SOURCE, and what sources throw
 */
export async function trackSources(
  { name, sources }: Element,
  { blobs, io }: Pick<SourceStagingOptions, 'blobs' | 'io'>,
): Promise<TrackedSource[]> {
  const tracked: TrackedSource[] = [];
  for (const [index, source] of sources.entries()) {
    if (source.track === undefined) continue;
    const given = requires(source, 'track')
      ? { ...io, previous: await stageSources(sources.slice(0, index), { blobs, io, owner: name }) }
      : io;
    const ref = await awaitPlugin(source, 'track', () => source.track?.(given));
    if (ref !== undefined) tracked.push({ source, ref });
  }
  return tracked;
}
