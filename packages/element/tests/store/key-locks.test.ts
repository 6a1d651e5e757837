import { readdirSync, readlinkSync, symlinkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Key } from '@wheelhouse/element';
import { digestOf, LocalStore, type Lock } from '@wheelhouse/element/internal';
import { startChild } from '../support/child.js';
import { temporaryPaths } from '../support/temporary.js';

const fresh = temporaryPaths();
const key = digestOf('key').hash as Key;

function claimOf(store: LocalStore): string {
  return join(store.directory, 'locks', `${key}.claim`);
}

describe('DiskKeyLocks', () => {
  test('a lock is a link to the file of its process, which all locks of the process share, and is gone when released', async () => {
    const store = LocalStore.open(fresh());
    const [one, two] = [await store.locks.acquire(key), await store.locks.acquire(digestOf('other').hash as Key)];
    const files = readdirSync(join(store.directory, 'leases'));
    expect(files).toEqual([readlinkSync(claimOf(store))]);
    expect(files[0]).toMatch(new RegExp(`^${process.pid}-[0-9a-f]{12}\\.lease$`));
    await one.release();
    await one.release();
    await two.release();
    expect(readdirSync(join(store.directory, 'locks'))).toEqual([]);
  });

  test('a second release does not take the lock from another', async () => {
    const store = LocalStore.open(fresh());
    const lock = await store.locks.acquire(key);
    await lock.release();
    const other = await LocalStore.open(store.directory).locks.acquire(key);
    await lock.release();
    expect(readdirSync(join(store.directory, 'locks'))).toEqual([`${key}.claim`]);
    await other.release();
  });

  test('a lock of a process that lives is waited for', async () => {
    const store = LocalStore.open(fresh());
    const child = startChild('store-child.ts', ['key', store.directory, key]);
    await child.line();
    child.tell('go');
    expect(await child.line()).toBe('locked');
    const waits: string[] = [];
    let held: Lock | undefined;
    const waiting = store.locks.acquire(key, { onWait: () => waits.push('waits') }).then((lock) => (held = lock));
    await sleep(1000);
    expect([held, waits]).toEqual([undefined, ['waits']]);
    child.process.kill('SIGKILL');
    await child.ended;
    await (await waiting).release();
    expect(waits).toEqual(['waits']);
  });

  test('what a process that is gone has left is taken over by one at a time, without a word of waiting', async () => {
    const directory = fresh();
    mkdirSync(join(directory, 'locks'), { recursive: true });
    symlinkSync('1-000000000000.lease', join(directory, 'locks', `${key}.claim`));
    const stores = [1, 2, 3].map(() => LocalStore.open(directory));
    let holders = 0;
    let most = 0;
    await Promise.all(
      stores.map(async (store) => {
        const lock = await store.locks.acquire(key);
        most = Math.max(most, ++holders);
        await sleep(50);
        holders--;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
    expect(readdirSync(join(directory, 'locks'))).toEqual(['take-over.lock']);
    symlinkSync('1-000000000000.lease', join(directory, 'locks', `${key}.claim`));
    const waits: string[] = [];
    const lock = await LocalStore.open(directory).locks.acquire(key, { onWait: () => waits.push('waits') });
    expect(waits).toEqual([]);
    await lock.release();
  });
});
