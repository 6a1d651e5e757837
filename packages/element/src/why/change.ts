import type { Json } from '../base/json.js';
import type { TreeChange } from '../cas/tree-difference.js';

/** What an input of a key is. `unknown` stands for the inputs of a key that has no record. */
export type ChangedInput =
  | 'file'
  | 'content'
  | 'package'
  | 'version'
  | 'source'
  | 'dependency'
  | 'variable'
  | 'environment'
  | 'configuration'
  | 'public'
  | 'sandbox'
  | 'warnings'
  | 'kind'
  | 'rules'
  | 'machine'
  | 'unknown';

/** One difference between the inputs of two keys. */
export interface Change {
  readonly what: ChangedInput;
  /** The path of a file; the name of a variable, a package, a dependency; a path such as `build-commands[0]`. */
  readonly name: string;
  /** What it belongs to: a package, a kind of source. */
  readonly of?: string;
  readonly how: 'added' | 'removed' | 'changed' | 'order' | Exclude<TreeChange['change'], 'content'>;
  /** The value then and now, where it has one. */
  readonly before?: Json;
  readonly after?: Json;
}

/** So much of a value is shown. */
const SHOWN = 80;
/** So much is shown of what is the same before the first difference of two long values. */
const SHARED = 24;

/** A change as a line for users. */
export function textOfChange(change: Change): string {
  const { before, after, how } = change;
  const subject = subjectOf(change);
  if (change.what === 'unknown')
    return `${subject}: nothing is known of its inputs, since its record does not exist any more`;
  if (change.what === 'content')
    return `${subject}: ${valuesOf(before, after)}, but the trees to compare are not in the store`;
  if (how === 'order') return 'order of dependencies: changed';
  if (how === 'added')
    return `${subject}: added${before === undefined && after !== undefined ? ` (${show(after)})` : ''}`;
  if (how === 'removed') return `${subject}: removed${before !== undefined ? ` (was ${show(before)})` : ''}`;
  if (before !== undefined && after !== undefined) return `${subject}: ${valuesOf(before, after)}`;
  return `${subject}: ${how === 'changed' ? 'changed' : `${how} changed`}`;
}

function subjectOf({ what, name, of }: Change): string {
  const part = of === undefined ? '' : ` of ${of}`;
  switch (what) {
    case 'file':
    case 'package':
    case 'variable':
    case 'dependency':
      return `${what} \`${name}\`${part}`;
    case 'content':
      return `files of \`${name}\``;
    case 'version':
      return `${of ?? 'source'} \`${name}\``;
    case 'source':
      return of === undefined ? `source \`${name}\`` : `\`${name}\` of the source of kind \`${of}\``;
    case 'environment':
      return `environment variable \`${name}\``;
    case 'configuration':
      return name === '' ? 'configuration' : `configuration \`${name}\``;
    case 'public':
      return `public data \`${name}\``;
    case 'sandbox':
      return `setting \`${name}\` of the sandbox`;
    case 'warnings':
      return 'fatal warnings';
    case 'kind':
      return name === 'kind' ? 'kind' : `${name} of the kind ${of ?? ''}`;
    case 'rules':
      return `Wheelhouse's own version of ${name}`;
    case 'machine':
      return `${name} of this machine`;
    case 'unknown':
      return `element \`${name}\``;
    default: {
      const unknown: never = what;
      throw new Error(`no such input: ${String(unknown)}`);
    }
  }
}

function valuesOf(before: Json | undefined, after: Json | undefined): string {
  const [old, young] = [textOf(before), textOf(after)];
  let shared = 0;
  if (Math.max(old.length, young.length) > SHOWN) while (old[shared] === young[shared]) shared += 1;
  const from = Math.max(0, shared - SHARED);
  return `\`${cut(old, from)}\` -> \`${cut(young, from)}\``;
}

function show(value: Json): string {
  return `\`${cut(textOf(value), 0)}\``;
}

function cut(text: string, from: number): string {
  const end = text.length > from + SHOWN ? '...' : '';
  return `${from > 0 ? '...' : ''}${text.slice(from, from + SHOWN)}${end}`;
}

function textOf(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  return text.replaceAll('\n', '\\n');
}
