import type { Key } from '@wheelhouse/element';
import { textOfChange, type Cause } from '@wheelhouse/element/internal';
import type { ComparedKey } from './compared-key.js';
import type { ElementState } from './element-state.js';

/** A target, and why its key is not the one that it is compared with. */
export interface ExplainedTarget {
  readonly name: string;
  readonly key: Key;
  readonly state: ElementState;
  /** Absent if there is nothing to compare with. */
  readonly compared?: ComparedKey;
  readonly causes: readonly Cause[];
}

/** So many causes of one kind are listed. */
const LISTED = 15;
/** So many digits of a key are shown. */
const DIGITS = 12;

const STATES: Readonly<Record<ElementState, string>> = {
  cached: 'built',
  failed: 'its build failed',
  buildable: 'not built',
  waiting: 'not built',
};

/** For users. What has been said of a target before is not repeated for another one that depends on it. */
export function textOfExplanation(explained: readonly ExplainedTarget[]): string {
  const said = new Set<string>();
  const paragraphs: string[] = [];
  for (const target of explained) {
    paragraphs.push([headOf(target), ...bodyOf(target, said)].map((line) => `${line}\n`).join(''));
    if (target.compared !== undefined) said.add(target.name);
  }
  return paragraphs.join('\n');
}

/** For programs. */
export function dataOfExplanation(explained: readonly ExplainedTarget[]): unknown {
  return explained.map(({ name, key, state, compared, causes }) => ({
    name,
    key,
    state,
    against:
      compared === undefined
        ? null
        : {
            key: compared.key,
            from: compared.from,
            ...(compared.at === undefined ? {} : { time: new Date(compared.at).toISOString() }),
          },
    causes: causes.map(({ change, path, others }) => ({ ...change, text: textOfChange(change), path, others })),
  }));
}

function headOf({ name, key, state }: ExplainedTarget): string {
  return `${name}: ${key.slice(0, DIGITS)}, ${STATES[state]}`;
}

function bodyOf({ name, key, compared, causes }: ExplainedTarget, said: ReadonlySet<string>): string[] {
  if (compared === undefined) {
    return [
      '  there is no other key to compare with: the store has no record of an earlier build',
      '  hint: ask again after the next build, or pass a key or a file with `--against`',
    ];
  }
  const other = `${compared.key.slice(0, DIGITS)}${placeOf(compared)}`;
  if (compared.key === key) return [`  the same key as ${other}`];
  const repeated = new Set(causes.flatMap(({ path }) => path.filter((each) => each !== name && said.has(each))));
  const own = causes.filter(({ path }) => !path.some((each) => repeated.has(each)));
  return [`  differs from ${other} by`, ...listed(own), ...[...repeated].map((each) => `    what ${each} differs by`)];
}

function placeOf({ from, at }: ComparedKey): string {
  const time = at === undefined ? '' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  switch (from) {
    case 'history':
      return `, the key of the build here at ${time},`;
    case 'store':
      return `, built with this store at ${time},`;
    case 'key':
      return `, built at ${time},`;
    case 'file':
      return ' of the file';
    default: {
      const unknown: never = from;
      throw new Error(`no such place: ${String(unknown)}`);
    }
  }
}

function listed(causes: readonly Cause[]): string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (const { change, path, others } of causes) {
    const count = (counts.get(change.what) ?? 0) + 1;
    counts.set(change.what, count);
    if (count > LISTED) continue;
    lines.push(`    ${textOfChange(change)}`);
    const more = others === 0 ? '' : `, and ${others} other element${others === 1 ? '' : 's'}`;
    if (path.length > 1 || others > 0) lines.push(`      ${path.join(' > ')}${more}`);
  }
  for (const [what, count] of counts) {
    if (count > LISTED) lines.push(`    ${count - LISTED} more (${what}); \`--json\` lists all`);
  }
  return lines;
}
