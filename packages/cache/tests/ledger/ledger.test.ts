import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ledger } from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-01T12:00:00Z');
const directory = temporaryDirectories();

const open = (path: string, now = START): Promise<Ledger> =>
  Ledger.open({
    directory: path,
    now: () => now,
    bounds: { trusted: 3, pullRequests: 2 },
    onFault: (error) => {
      throw new Error('the ledger failed', { cause: error });
    },
  });
const task = (hash: string) => ({ hash, project: 'app', target: 'test', durationMs: 10 });
const trusted = (hash: string) => ({ namespace: 'default/trusted', hash });
const hit = { outcome: 'hit', workspace: 'default', tier: 'trusted', name: trusted('1'), sizeBytes: 5 } as const;

it('merges the days that are over and counts nothing twice, also of what a crash left', async () => {
  const path = directory();
  for (let round = 0; round < 2; round++) {
    const ledger = await open(path);
    ledger.tell('default/trusted', [task('1')]);
    ledger.count(hit);
    await ledger.flush();
  }
  const [facts = ''] = readdirSync(join(path, 'facts'));
  appendFileSync(join(path, 'facts', facts), '{"namespace":"default/tr');
  const [part = ''] = readdirSync(join(path, 'counts'));
  for (let round = 0; round < 2; round++) {
    const later = await open(path, START + 3 * DAY_MS);
    expect(readdirSync(join(path, 'counts'))).toEqual(['2026-01-01.json']);
    expect(later.rows('2026-01-01')).toMatchObject([{ project: 'app', hits: 2, servedBytes: 10, savedMs: 20 }]);
    expect(later.factOf(trusted('1'))).toMatchObject({ project: 'app', durationMs: 10, toldMs: START });
    writeFileSync(join(path, 'counts', part), JSON.stringify({ version: 1, rows: later.rows('2026-01-01') }));
  }
  await open(path, START + 100 * DAY_MS);
  expect(readdirSync(join(path, 'counts'))).toEqual([]);
});

it('keeps room for trusted facts that pull requests cannot take', async () => {
  const ledger = await open(directory());
  ledger.tell('default/trusted', [task('1')]);
  ledger.tell('default/pr-1', [task('1'), task('2'), task('3'), task('4')]);
  expect(ledger.factOf(trusted('1'))).toBeDefined();
  const kept = ['1', '2', '3', '4'].filter((hash) => ledger.factOf({ namespace: 'default/pr-1', hash }) !== undefined);
  expect(kept).toEqual(['3', '4']);
  await ledger.flush();
});
