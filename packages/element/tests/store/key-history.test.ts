import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Key } from '@wheelhouse/element';
import { LocalStore, type ArtifactRecord } from '@wheelhouse/element/internal';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();
const EMPTY = { hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', sizeBytes: 0 };

function keyOf(digit: string): Key {
  return digit.repeat(64) as Key;
}

function record(key: Key, element: string, more: Partial<ArtifactRecord> = {}): ArtifactRecord {
  return { key, element, kind: 'manual', exitCode: 0, tree: EMPTY, dependencies: [], started: 0, elapsed: 1, ...more };
}

describe('the keys that builds met', () => {
  test('are remembered newest first, each once, for each directory and element', () => {
    const { history } = LocalStore.open(path());
    for (const [digit, at] of [
      ['a', 1],
      ['b', 2],
      ['b', 3],
      ['a', 4],
    ] as const) {
      history.note('/here', 'app.bst', { key: keyOf(digit), at });
    }
    history.note('/here', 'lib.bst', { key: keyOf('c'), at: 5 });
    history.note('/there', 'app.bst', { key: keyOf('d'), at: 6 });
    expect(history.noted('/here', 'app.bst')).toEqual([
      { key: keyOf('a'), at: 4 },
      { key: keyOf('b'), at: 2 },
    ]);
    expect(history.noted('/there', 'app.bst')).toEqual([{ key: keyOf('d'), at: 6 }]);
    expect(history.noted('/there', 'lib.bst')).toEqual([]);
  });

  test('are the last ten', () => {
    const { history } = LocalStore.open(path());
    const digits = '0 1 2 3 4 5 6 7 8 9 a b'.split(' ');
    for (const [at, digit] of digits.entries()) history.note('/here', 'app.bst', { key: keyOf(digit), at });
    expect(history.noted('/here', 'app.bst').map(({ at }) => at)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  });

  test('are none where their file was truncated', () => {
    const directory = path();
    const { history } = LocalStore.open(directory);
    history.note('/here', 'app.bst', { key: keyOf('a'), at: 1 });
    const [name = ''] = readdirSync(join(directory, 'history'));
    truncateSync(join(directory, 'history', name), 20);
    expect(history.noted('/here', 'app.bst')).toEqual([]);
  });
});

describe('records', () => {
  test('are found by the beginning of their key and by their element, last built first; results of actions are not', async () => {
    const { artifacts } = LocalStore.open(path());
    const [one, two, other, action] = ['a', 'b', 'c', 'd'].map(keyOf) as [Key, Key, Key, Key];
    await artifacts.put(one, record(one, 'app.bst', { started: 1, inputs: {} }));
    await artifacts.put(two, record(two, 'app.bst', { started: 2, inputs: {} }));
    await artifacts.put(other, record(other, 'lib.bst', { started: 3, inputs: {} }));
    await artifacts.put(action, record(action, 'app.bst', { started: 4 }));
    expect(artifacts.keysOf('app.bst')).toEqual([two, one]);
    expect(artifacts.keysFrom('bbbb')).toEqual([two]);
    expect(artifacts.keysFrom('bbba')).toEqual([]);
  });

  test('are read even if a blob of their artifact is gone', async () => {
    const { artifacts } = LocalStore.open(path());
    const key = keyOf('a');
    const sources = [{ label: 'six', version: '1.0', parts: [{ name: 'p', tree: EMPTY }] }, null];
    await artifacts.put(key, record(key, 'app.bst', { tree: { ...EMPTY, sizeBytes: 5 }, sources }));
    expect(await artifacts.get(key)).toBeUndefined();
    expect(artifacts.recordOf(key)?.sources).toEqual(sources);
  });
});
