import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Key } from '@wheelhouse/element';
import { digestOf, LocalStore, storeDirectory, type Lock } from '@wheelhouse/element/internal';
import { temporaryPaths } from '../support/temporary.js';

const fresh = temporaryPaths();
const key = digestOf('key').hash as Key;

describe('storeDirectory', () => {
  test.each([
    [{ WHEELHOUSE_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/a'],
    [{ WHEELHOUSE_CACHE_DIR: '', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/b/wheelhouse'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/c' }, '/c/.cache/wheelhouse'],
    [{ XDG_CACHE_HOME: '', HOME: '/c' }, '/c/.cache/wheelhouse'],
    [{}, join(homedir(), '.cache', 'wheelhouse')],
  ])('of %j is %s', (env, directory) => {
    expect(storeDirectory(env)).toBe(directory);
  });

  test('a relative WHEELHOUSE_CACHE_DIR is refused', () => {
    expect(() => storeDirectory({ WHEELHOUSE_CACHE_DIR: 'x/y' })).toThrow(
      expect.objectContaining({
        code: 'STORE',
        message: 'WHEELHOUSE_CACHE_DIR is not an absolute path: `x/y`',
        hint: 'set it to an absolute path',
      }) as Error,
    );
  });
});

describe('LocalStore', () => {
  test('opening one touches nothing', () => {
    const directory = fresh();
    const store = LocalStore.open(directory);
    expect(store.directory).toBe(directory);
    expect(existsSync(directory)).toBe(false);
  });

  test('one key is locked by one at a time, and another key by others', async () => {
    const store = LocalStore.open(fresh());
    const lock = await store.locks.acquire(key);
    let next: Promise<Lock> | undefined;
    await new Promise<void>((resolve) => {
      next = store.locks.acquire(key, { onWait: resolve });
    });
    const other = await LocalStore.open(store.directory).locks.acquire(digestOf('other').hash as Key);
    await lock.release();
    await (await next)?.release();
    await other.release();
  });

  test('waiting for a key ends when it is aborted', async () => {
    const store = LocalStore.open(fresh());
    const lock = await store.locks.acquire(key);
    const controller = new AbortController();
    const onWait = (): void => {
      controller.abort(new Error('enough'));
    };
    await expect(store.locks.acquire(key, { signal: controller.signal, onWait })).rejects.toThrow('enough');
    await lock.release();
  });

  test('a workspace is an empty private directory below the store, each time another', async () => {
    const store = LocalStore.open(fresh());
    const [one, two] = [await store.scratch.directory(), await store.scratch.directory()];
    expect(dirname(one.path)).toBe(join(store.directory, 'work'));
    expect(one.path).not.toBe(two.path);
    expect(statSync(one.path).mode & 0o7777).toBe(0o700);
    await one.dispose();
    await one.dispose();
    expect(existsSync(one.path)).toBe(false);
    expect(existsSync(two.path)).toBe(true);
    await two.dispose();
  });

  test('a workspace with closed directories, odd names and links is removed, and nothing that links lead to', async () => {
    const store = LocalStore.open(fresh());
    const outside = fresh();
    mkdirSync(outside);
    writeFileSync(join(outside, 'file'), '');
    const { path, dispose } = await store.scratch.directory();
    mkdirSync(join(path, 'work', 'work', 'below'), { recursive: true });
    mkdirSync(join(path, 'read-only', 'below'), { recursive: true });
    writeFileSync(join(path, 'read-only', 'below', 'file'), '');
    writeFileSync(Buffer.concat([Buffer.from(`${path}/caf`), Buffer.from([0xe9])]), '');
    symlinkSync(outside, join(path, 'link'));
    chmodSync(join(path, 'work', 'work'), 0o000);
    chmodSync(join(path, 'read-only', 'below'), 0o555);
    chmodSync(join(path, 'read-only'), 0o555);
    await dispose();
    expect(existsSync(path)).toBe(false);
    expect(existsSync(join(outside, 'file'))).toBe(true);
  });

  test('what an overlay leaves behind is removed', async () => {
    const store = LocalStore.open(fresh());
    const { path, dispose } = await store.scratch.directory();
    const script = `set -e; cd "$1"; mkdir lower upper work merged; touch lower/a
      mount -t overlay none -o userxattr,lowerdir=lower,upperdir=upper,workdir=work merged; rm merged/a; mkdir merged/b`;
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', path]);
    expect(statSync(join(path, 'work', 'work')).mode & 0o777).toBe(0);
    await dispose();
    expect(existsSync(path)).toBe(false);
  });

  test('a memo is a JSON file, and naming it touches nothing', () => {
    const store = LocalStore.open(fresh());
    expect(store.memo('host')).toBe(join(store.directory, 'memo', 'host.json'));
    expect(existsSync(join(store.directory, 'memo'))).toBe(false);
  });
});
