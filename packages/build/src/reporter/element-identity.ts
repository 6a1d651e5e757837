import type { ElementFacts } from '@wheelhouse/element';

/** What tells elements apart: their keys, and their names where one has no key. */
export function identityOf({ name, key }: ElementFacts): string {
  return key ?? name;
}
