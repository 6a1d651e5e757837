import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '../../src/store/turns.js';

test('turns are taken in order, so many at a time', async () => {
  const turns = new Turns({ most: 2, holdMs: 60_000 });
  const order: number[] = [];
  const ends = new Map<number, () => void>();
  const taken = [0, 1, 2, 3].map(async (number) => {
    ends.set(number, await turns.take());
    order.push(number);
  });
  await sleep(1);
  expect(order).toEqual([0, 1]);
  ends.get(1)?.();
  // Of one turn only one other begins.
  ends.get(1)?.();
  await sleep(1);
  expect(order).toEqual([0, 1, 2]);
  ends.get(0)?.();
  await Promise.all(taken);
  expect(order).toEqual([0, 1, 2, 3]);
  for (const end of ends.values()) end();
});

test('a turn that does not end keeps nobody from the next, and ends nothing when it ends at last', async () => {
  const turns = new Turns({ most: 1, holdMs: 200 });
  const endLate = await turns.take();
  const end = await turns.take();
  endLate();
  let isTaken = false;
  const third = turns.take().then((endThird) => {
    isTaken = true;
    return endThird;
  });
  await sleep(0);
  expect(isTaken).toBe(false);
  end();
  (await third)();
});
