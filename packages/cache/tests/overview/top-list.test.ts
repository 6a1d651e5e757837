import { TopList } from '../../src/overview/top-list.js';

const ascending = (a: { value: number }, b: { value: number }): number => a.value - b.value;

describe('the first few of many', () => {
  it('are those of a sorted list, whatever order they come in', () => {
    const values = Array.from({ length: 200 }, (_, index) => ({ value: (index * 7919) % 1009 }));
    const list = new TopList(10, ascending);
    for (const item of values) list.offer(item);
    expect(list.items).toEqual([...values].sort(ascending).slice(0, 10));
  });

  it('are all where there are fewer', () => {
    const list = new TopList<{ value: number }>(3, ascending);
    expect(list.items).toEqual([]);
    for (const value of [2, 1]) list.offer({ value });
    expect(list.items).toEqual([{ value: 1 }, { value: 2 }]);
  });

  it('keep of equals those that came first', () => {
    const list = new TopList<{ value: number; name: string }>(2, ascending);
    for (const name of ['a', 'b', 'c']) list.offer({ value: 1, name });
    list.offer({ value: 0, name: 'd' });
    expect(list.items.map(({ name }) => name)).toEqual(['d', 'a']);
  });

  it('may be none', () => {
    const list = new TopList<{ value: number }>(0, ascending);
    list.offer({ value: 1 });
    expect(list.items).toEqual([]);
  });
});
