import { ErrorCollector } from '../base/error-collector.js';
import { ElementError, ElementErrors } from '../base/error.js';
import type { Element } from '../plugin/element.js';
import { awaitPlugin, pluginFault } from '../plugin/plugin-call.js';
import type { Plugin } from '../plugin/plugin.js';
import type { Consistency, Source } from '../plugin/source.js';

/** What came of looking at a source: an error that its preflight or its consistency is. */
type Look = { readonly consistency: Consistency } | { readonly refused: unknown } | { readonly unreadable: unknown };

/**
 * Asks every element and source whether this machine has what it needs, and then every source what is known of its
 * content. Sources wait for programs and disks; toolchains are read meanwhile.
 *
 * @returns what is known of each source: `resolved` or `cached`
 * @throws ElementError @throws ElementErrors everything that is missing; else SOURCE, the first source that cannot be
 *   read or has no exact ref
 */
export async function preflight(elements: readonly Element[]): Promise<ReadonlyMap<Source, Consistency>> {
  const looking = elements.flatMap((element) =>
    element.sources.map(async (source) => [source, await lookAt(element, source)] as const),
  );
  const refused = new Map<Plugin, unknown>();
  for (const element of elements) await attempt(element, refused);
  const looks = new Map(await Promise.all(looking));
  for (const [source, look] of looks) if ('refused' in look) refused.set(source, look.refused);
  throwRefused(elements, refused);

  const known = new Map<Source, Consistency>();
  for (const [source, look] of looks) {
    if ('unreadable' in look) throw look.unreadable;
    if ('consistency' in look) known.set(source, look.consistency);
  }
  return known;
}

async function attempt(plugin: Plugin, refused: Map<Plugin, unknown>): Promise<void> {
  try {
    await awaitPlugin(plugin, 'preflight', () => plugin.preflight());
  } catch (error) {
    refused.set(plugin, error);
  }
}

async function lookAt(element: Element, source: Source): Promise<Look> {
  const refused = new Map<Plugin, unknown>();
  await attempt(source, refused);
  if (refused.size > 0) return { refused: refused.get(source) };
  try {
    return { consistency: await consistencyOf(element, source) };
  } catch (error) {
    return { unreadable: error };
  }
}

/** @throws ElementError SOURCE if it cannot be read, or names nothing exactly */
async function consistencyOf(element: Element, source: Source): Promise<Consistency> {
  const consistency = await awaitPlugin<unknown>(source, 'consistency', () => source.consistency());
  if (consistency === 'resolved' || consistency === 'cached') return consistency;
  if (consistency !== 'inconsistent')
    throw pluginFault(source, 'consistency', 'returned neither `inconsistent`, `resolved` nor `cached`');
  throw new ElementError({
    code: 'SOURCE',
    message: `${element.name}: the source ${source.name} has no exact reference`,
    origin: element.origin,
    hint: 'set its `ref`',
  });
}

/** All user errors in the order of the graph; a bug goes on as it is. */
function throwRefused(elements: readonly Element[], refused: ReadonlyMap<Plugin, unknown>): void {
  const errors = new ErrorCollector();
  for (const plugin of elements.flatMap((element) => [element, ...element.sources])) {
    if (!refused.has(plugin)) continue;
    const error = refused.get(plugin);
    if (error instanceof ElementErrors) errors.add(...error.errors);
    else if (error instanceof ElementError) errors.add(error);
    else throw error;
  }
  errors.throwIfAny();
}
