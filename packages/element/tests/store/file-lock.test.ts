import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '@wheelhouse/element/internal';
import { startChild } from '../support/child.js';
import { temporaryPaths } from '../support/temporary.js';

const fresh = temporaryPaths();

describe('lockFile', () => {
  test('an exclusive lock keeps out exclusive and shared ones until it is released', async () => {
    const path = join(fresh(), 'made', 'for', 'it.lock');
    const lock = await lockFile(path);
    expect(await lockFile(path, { wait: false })).toBeUndefined();
    expect(await lockFile(path, { wait: false, shared: true })).toBeUndefined();
    await lock?.release();
    await lock?.release();
    const next = await lockFile(path, { wait: false });
    expect(next).toBeDefined();
    await next?.release();
  });

  test('shared locks are held together, and keep out an exclusive one', async () => {
    const path = fresh();
    const locks = [await lockFile(path, { shared: true }), await lockFile(path, { shared: true, wait: false })];
    expect(await lockFile(path, { wait: false })).toBeUndefined();
    await locks[0]?.release();
    expect(await lockFile(path, { wait: false })).toBeUndefined();
    await locks[1]?.release();
    const lock = await lockFile(path, { wait: false });
    expect(lock).toBeDefined();
    await lock?.release();
  });

  test('a waiting process is told once, and has the lock when it is released', async () => {
    const path = fresh();
    const order: string[] = [];
    const first = await lockFile(path, { onWait: () => order.push('first waits') });
    const second = lockFile(path, { onWait: () => order.push('second waits') }).then((lock) => {
      order.push('second has it');
      return lock;
    });
    while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push('first releases');
    await first?.release();
    await (await second)?.release();
    expect(order).toEqual(['second waits', 'first releases', 'second has it']);
  });

  test('waiting ends when it is aborted, and leaves no lock behind', async () => {
    const path = fresh();
    const lock = await lockFile(path);
    const controller = new AbortController();
    const waiting = lockFile(path, {
      signal: controller.signal,
      onWait: () =>
        setTimeout(() => {
          controller.abort(new Error('enough'));
        }, 20),
    });
    await expect(waiting).rejects.toThrow('enough');
    await expect(lockFile(path, { signal: controller.signal })).rejects.toThrow('enough');
    await lock?.release();
    const next = await lockFile(path, { wait: false });
    expect(next).toBeDefined();
    await next?.release();
  });

  test('a lock is released when its holder is killed', async () => {
    const path = fresh();
    const holder = startChild('store-child.ts', ['lock', fresh(), path]);
    await holder.line();
    holder.tell('go');
    expect(await holder.line()).toBe('locked');
    expect(await lockFile(path, { wait: false })).toBeUndefined();
    const waiting = lockFile(path);
    holder.process.kill('SIGKILL');
    const lock = await waiting;
    expect(lock).toBeDefined();
    await lock?.release();
  });

  test('a lock is kept while its holder is stopped', async () => {
    const path = fresh();
    const holder = startChild('store-child.ts', ['lock', fresh(), path]);
    await holder.line();
    holder.tell('go');
    await holder.line();
    holder.process.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await lockFile(path, { wait: false })).toBeUndefined();
    holder.process.kill('SIGCONT');
    holder.tell('release');
    expect(await holder.line()).toBe('released');
    const lock = await lockFile(path, { wait: false });
    expect(lock).toBeDefined();
    await lock?.release();
    holder.tell('end');
    await holder.ended;
  });

  test('a file that cannot be opened is said so', async () => {
    const directory = fresh();
    mkdirSync(directory);
    const loop = join(directory, 'loop.lock');
    symlinkSync('loop.lock', loop);
    await expect(lockFile(loop)).rejects.toMatchObject({
      code: 'STORE',
      message: `cannot lock \`${loop}\``,
      detail: expect.stringContaining('loop.lock') as string,
      hint: 'change the owner of the lock directory, or choose another store with WHEELHOUSE_CACHE_DIR',
    });
  });

  test('a directory that cannot be made is said so', async () => {
    const file = fresh();
    writeFileSync(file, '');
    await expect(lockFile(join(file, 'sub', 'x.lock'))).rejects.toMatchObject({
      code: 'STORE',
      message: `cannot make \`${join(file, 'sub')}\`: a part of the path is not a directory (ENOTDIR)`,
    });
  });

  test('without flock on PATH it says what to install', async () => {
    const child = startChild('store-child.ts', ['lock', fresh(), fresh()], { PATH: fresh() });
    await child.line();
    child.tell('go');
    await expect(child.ended).rejects.toThrow('ElementError: the program `flock` is not on PATH');
    await expect(child.ended).rejects.toThrow("hint: 'install util-linux'");
  });
});
