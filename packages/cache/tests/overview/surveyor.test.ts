import { setTimeout as sleep } from 'node:timers/promises';
import { type EntryRecord, type EntrySurvey, Ledger, Surveyor } from '@wheelhouse/cache/internal';
import { temporaryDirectories } from '../support/directories.js';
import { recordOf } from '../support/known-entries.js';

const directory = temporaryDirectories();

/** A store that is read as a test likes, and a surveyor of it with a clock of its own. */
async function watched(entries: EntrySurvey) {
  const clock = { ms: 1_000_000 };
  const ledger = await Ledger.open({
    directory: directory(),
    now: () => clock.ms,
    onFault: (error) => {
      throw new Error('the ledger failed', { cause: error });
    },
  });
  let readings = 0;
  const counted: EntrySurvey = () => {
    readings++;
    return entries();
  };
  const surveyor = new Surveyor(counted, ledger, () => clock.ms);
  return { clock, surveyor, readings: () => readings };
}

async function* listed(
  ...records: readonly (EntryRecord | undefined)[]
): AsyncGenerator<{ readonly record: EntryRecord | undefined }> {
  for (const record of records) yield await Promise.resolve({ record });
}

describe('a surveyor', () => {
  it('reads the store once for all who look at a time, and anew when ten seconds have passed', async () => {
    const { clock, surveyor, readings } = await watched(() => listed(recordOf({ hash: '1' }), undefined));
    const looks = await Promise.all([surveyor.look(), surveyor.look(), surveyor.look()]);
    expect(readings()).toBe(1);
    // What is damaged is skipped.
    for (const look of looks) expect(look?.workspaces.get('default')?.trusted.entries).toBe(1);
    clock.ms += 9999;
    expect((await surveyor.look())?.takenMs).toBe(1_000_000);
    expect(readings()).toBe(1);
    clock.ms += 1;
    expect((await surveyor.look())?.takenMs).toBe(1_010_000);
    expect(readings()).toBe(2);
  });

  it('rests ten times as long as reading took', async () => {
    const { clock, surveyor, readings } = await watched(async function* () {
      await sleep(1200);
      yield { record: recordOf({ hash: '1' }) };
    });
    await surveyor.look();
    clock.ms += 11_500;
    await surveyor.look();
    expect(readings()).toBe(1);
    clock.ms += 10_000;
    await surveyor.look();
    expect(readings()).toBe(2);
  });

  it('keeps no request waiting for long, and has a result later', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { surveyor, readings } = await watched(async function* () {
      await held;
      yield { record: recordOf({ hash: '1' }) };
    });
    const started = performance.now();
    expect(await Promise.all([surveyor.look(), surveyor.look()])).toEqual([undefined, undefined]);
    expect(performance.now() - started).toBeLessThan(6000);
    release();
    await surveyor.take();
    expect(readings()).toBe(1);
    expect((await surveyor.look())?.workspaces.size).toBe(1);
  });

  it('reports that the store cannot be read, and keeps the last figures', async () => {
    let isBroken = false;
    const { clock, surveyor, readings } = await watched(async function* () {
      yield* listed(recordOf({ hash: '1' }));
      if (isBroken) throw new Error('the disk is gone');
    });
    expect((await surveyor.look())?.workspaces.size).toBe(1);
    isBroken = true;
    clock.ms += 20_000;
    await expect(surveyor.look()).rejects.toThrow('the disk is gone');
    // It is not tried again at each look.
    expect((await surveyor.look())?.takenMs).toBe(1_000_000);
    expect(readings()).toBe(2);
    isBroken = false;
    clock.ms += 20_000;
    expect((await surveyor.look())?.takenMs).toBe(1_040_000);
  });
});
