import { Census, LISTED_ENTRIES } from '../../src/overview/census.js';
import { factOf, recordOf } from '../support/known-entries.js';

const hashes = (entries: readonly { readonly record: { readonly name: { readonly hash: string } } }[]): string[] =>
  entries.map(({ record }) => record.name.hash);

describe('a census', () => {
  it('tells workspaces apart, and trusted entries from those of pull requests', () => {
    const census = new Census();
    for (const [namespace, hash] of [
      ['default/trusted', 'a'],
      ['default/pr-1', 'b'],
      ['default/pr-1', 'c'],
      ['default/pr-22', 'd'],
      ['mobile/trusted', 'e'],
    ] as const) {
      census.add({ record: recordOf({ namespace, hash, sizeBytes: 10 }), fact: undefined });
    }
    expect([...census.workspaces.keys()]).toEqual(['default', 'mobile']);
    expect(census.workspaces.get('default')).toMatchObject({
      trusted: { entries: 1, bytes: 10 },
      pullRequests: { entries: 3, bytes: 30 },
      pullRequestCount: 2,
      timed: 0,
      slowest: [],
    });
    expect(census.workspaces.get('mobile')).toMatchObject({ trusted: { entries: 1, bytes: 10 }, pullRequestCount: 0 });
  });

  it('sums up projects, and calls those without a name what they are', () => {
    const census = new Census();
    census.add({ record: recordOf({ hash: '1', sizeBytes: 5 }), fact: factOf('app') });
    census.add({ record: recordOf({ hash: '2', sizeBytes: 7 }), fact: factOf('app') });
    census.add({ record: recordOf({ namespace: 'default/pr-1', hash: '1', sizeBytes: 11 }), fact: factOf('app') });
    census.add({ record: recordOf({ hash: '3', sizeBytes: 13 }), fact: undefined });
    expect(census.workspaces.get('default')?.timed).toBe(3);
    expect([...(census.workspaces.get('default')?.projects ?? [])]).toEqual([
      ['app', { trusted: { entries: 2, bytes: 12 }, pullRequests: { entries: 1, bytes: 11 } }],
      ['', { trusted: { entries: 1, bytes: 13 }, pullRequests: { entries: 0, bytes: 0 } }],
    ]);
  });

  it('lists the largest, the slowest and the latest, equal ones by their names, in whatever order they are read', () => {
    const numbers = Array.from({ length: LISTED_ENTRIES + 10 }, (_, index) => index);
    const entryOf = (index: number) => ({
      record: recordOf({ hash: String(1000 + index), sizeBytes: index >> 1, createdMs: index * 1000 }),
      fact: index % 2 === 0 ? factOf('app', 1000 - index) : undefined,
    });
    const lists = [numbers, [...numbers].reverse()].map((order) => {
      const census = new Census();
      for (const index of order) census.add(entryOf(index));
      const { largest = [], slowest = [], latest = [] } = census.workspaces.get('default') ?? {};
      return { largest: hashes(largest), slowest: hashes(slowest), latest: hashes(latest) };
    });
    expect(lists[0]).toEqual(lists[1]);
    expect(lists[0]?.largest).toHaveLength(LISTED_ENTRIES);
    expect(lists[0]?.largest.slice(0, 4)).toEqual(['1034', '1032', '1033', '1030']);
    expect(lists[0]?.slowest).toEqual(numbers.filter((index) => index % 2 === 0).map((index) => String(1000 + index)));
    expect(lists[0]?.latest).toEqual(
      [...numbers]
        .reverse()
        .slice(0, LISTED_ENTRIES)
        .map((index) => String(1000 + index)),
    );
  });

  it('keeps only so many projects apart, so that names without end cost no memory', () => {
    const census = new Census();
    for (let index = 0; index < 2100; index++) {
      census.add({ record: recordOf({ hash: String(index) }), fact: factOf(`p${index}`) });
    }
    census.add({ record: recordOf({ hash: 'again' }), fact: factOf('p0') });
    const { projects } = census.workspaces.get('default')!;
    expect(projects.size).toBe(2001);
    expect(projects.get('')?.trusted.entries).toBe(100);
    expect(projects.get('p0')?.trusted.entries).toBe(2);
  });
});
