import type { ElementFacts } from './events.js';
import type { Element } from '../plugin/element.js';
import type { Key } from '../plugin/ports.js';

/** An element as events name it. */
export function elementFacts(element: Element, key: Key | undefined): ElementFacts {
  return {
    name: element.name,
    kind: element.kind,
    ...(key === undefined ? {} : { key }),
    runsCommands: element.runsCommands,
    hasSources: element.sources.length > 0,
  };
}
