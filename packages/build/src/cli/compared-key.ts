import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ElementError, type Key } from '@wheelhouse/element';
import {
  ElementsOfRecords,
  pairNames,
  readKeyDocument,
  readTextFile,
  type ArtifactRecord,
  type KeyedPoint,
  type LocalStore,
} from '@wheelhouse/element/internal';
import type { KeyedTargets } from './keyed-targets.js';

/** A key that one of now is compared with. */
export interface ComparedKey extends KeyedPoint {
  /** The element of now. */
  readonly name: string;
  /** Where it is from: builds of this directory, other builds of this store, or what the user has passed. */
  readonly from: 'history' | 'store' | 'key' | 'file';
  /** When it was built or last met (milliseconds since 1970), if that is known. */
  readonly at?: number;
}

/** At least so many digits name a key. */
const MIN_DIGITS = 4;

/** The last key of each target that is not its key now. Without one a target is absent. */
export function lastKeys({ session, targets }: KeyedTargets, store: LocalStore): ComparedKey[] {
  const elements = recordsOf(store);
  return [...targets].flatMap(([name, now]): ComparedKey[] => {
    const noted = store.history.noted(session.directory, name).filter(({ key }) => key !== now);
    const here = noted.find(({ key }) => store.artifacts.recordOf(key) !== undefined);
    if (here !== undefined) return [{ name, elements, from: 'history', key: here.key, at: here.at }];
    const key = store.artifacts.keysOf(name).find((each) => each !== now);
    const started = key === undefined ? undefined : store.artifacts.recordOf(key)?.started;
    return key === undefined || started === undefined ? [] : [{ name, elements, from: 'store', key, at: started }];
  });
}

/**
 * The key or file that a user has passed.
 *
 * @param against some digits of a key, or the path of a file, relative to `from`
 * @throws ElementError USAGE if it is neither, or not of these targets
 */
export async function passedKeys(
  against: string,
  { targets, store, from }: { readonly targets: KeyedTargets; readonly store: LocalStore; readonly from: string },
): Promise<ComparedKey[]> {
  const path = resolve(from, against);
  if (/^[0-9a-f]{4,64}$/.test(against) && !existsSync(path)) return [keyFrom(against, targets, store)];
  const text = readTextFile(path, against);
  if (text === undefined) {
    throw new ElementError({
      code: 'USAGE',
      message: `wheelhouse why: \`${against}\` is neither a key nor an existing file`,
      hint: `a key has 64 hexadecimal digits, of which ${MIN_DIGITS} or more may be passed`,
    });
  }
  const keys = await readKeyDocument(text, against);
  const found = [...targets.targets.keys()].flatMap((name): ComparedKey[] => {
    const key = keys.targets.get(name);
    return key === undefined ? [] : [{ name, key, elements: keys, from: 'file' }];
  });
  if (found.length > 0) return found;
  throw otherElements(`the file \`${against}\` has keys of`, [...keys.targets.keys()], targets);
}

function keyFrom(digits: string, { session, targets }: KeyedTargets, store: LocalStore): ComparedKey {
  const records = store.artifacts.keysFrom(digits).flatMap((key) => {
    const record = store.artifacts.recordOf(key);
    // The result of an action is not of an element alone.
    return record?.inputs === undefined ? [] : [record];
  });
  const [record, ...others] = records;
  if (record === undefined) {
    throw new ElementError({
      code: 'USAGE',
      message: `wheelhouse why: the store has no record of a key \`${digits}\``,
      hint: 'keys are compared by the records of this store; for those of another machine, pass a file that `wheelhouse why TARGET --export FILE` has written there',
    });
  }
  if (others.length > 0) {
    throw new ElementError({
      code: 'USAGE',
      message: `wheelhouse why: \`${digits}\` is the beginning of ${records.length} keys`,
      hint: `pass more digits: ${records.map(({ key, element }) => `\`${key.slice(0, 16)}\` is of ${element}`).join(', ')}`,
    });
  }
  const name = nameNow(record, { session, targets });
  return { name, key: record.key, elements: recordsOf(store), from: 'key', at: record.started };
}

/** The element of now that a record is of. @throws ElementError USAGE if there is none */
function nameNow(record: ArtifactRecord, { session, targets }: Pick<KeyedTargets, 'session' | 'targets'>): string {
  const { pairs } = pairNames(
    [{ name: record.element }],
    session.graph.elements.map(({ name }) => ({ name })),
  );
  const [pair] = pairs;
  if (pair !== undefined) return pair[1].name;
  throw otherElements(`\`${record.key.slice(0, 12)}\` is a key of`, [record.element], { targets });
}

function otherElements(
  message: string,
  names: readonly string[],
  { targets }: Pick<KeyedTargets, 'targets'>,
): ElementError {
  return new ElementError({
    code: 'USAGE',
    message: `wheelhouse why: ${message} ${names.join(', ')}, not of ${[...targets.keys()].join(', ')}`,
  });
}

function recordsOf({ artifacts, blobs }: LocalStore): ElementsOfRecords {
  return new ElementsOfRecords((key: Key) => Promise.resolve(artifacts.recordOf(key)), blobs);
}
