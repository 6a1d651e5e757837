import { setTimeout as sleep } from 'node:timers/promises';
import { TimedSemaphore } from '../../src/store/timed-semaphore.js';

test('permits are acquired in order, so many at a time', async () => {
  const semaphore = new TimedSemaphore({ most: 2, holdMs: 60_000 });
  const order: number[] = [];
  const ends = new Map<number, () => void>();
  const taken = [0, 1, 2, 3].map(async (number) => {
    ends.set(number, await semaphore.acquire());
    order.push(number);
  });
  await sleep(1);
  expect(order).toEqual([0, 1]);
  ends.get(1)?.();
  // One released permit admits only one other.
  ends.get(1)?.();
  await sleep(1);
  expect(order).toEqual([0, 1, 2]);
  ends.get(0)?.();
  await Promise.all(taken);
  expect(order).toEqual([0, 1, 2, 3]);
  for (const end of ends.values()) end();
});

test('a permit that is not released expires, and its late release has no effect', async () => {
  const semaphore = new TimedSemaphore({ most: 1, holdMs: 200 });
  const endLate = await semaphore.acquire();
  const end = await semaphore.acquire();
  endLate();
  let isTaken = false;
  const third = semaphore.acquire().then((endThird) => {
    isTaken = true;
    return endThird;
  });
  await sleep(0);
  expect(isTaken).toBe(false);
  end();
  (await third)();
});
