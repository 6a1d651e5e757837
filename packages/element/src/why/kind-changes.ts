import type { Change } from './change.js';
import { jsonChanges } from './json-changes.js';
import type { Json } from '../base/json.js';

/** What a member of a kind's identity is called. */
const NAMES: Readonly<Record<string, string>> = { formatVersion: 'version', defaults: 'defaults', origin: 'plugin' };

/** What differs between the identities of two kinds. If it is another kind, that is all. */
export function kindChanges(before: Json, after: Json): Change[] {
  const [old, young] = [before, after].map((each) => (each as { readonly kind: string }).kind);
  if (old === undefined || young === undefined || old !== young) {
    return [{ what: 'kind', name: 'kind', how: 'changed', before: old ?? null, after: young ?? null }];
  }
  return jsonChanges(before, after).map(({ path, before: was, after: is }) => {
    const name = NAMES[path.split('.')[0] ?? ''] ?? path;
    const values = name === 'defaults' || isNothing(was) || isNothing(is) ? {} : { before: was, after: is };
    return { what: 'kind', name, of: `\`${young}\``, how: 'changed', ...values };
  });
}

function isNothing(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}
