import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, createToken, DiskStore } from '@wheelhouse/cache/internal';
import { commandLine } from '../support/command.js';
import { temporaryDirectories } from '../support/directories.js';
import { Witness } from '../support/witness.js';

/** How often the server is killed. */
const KILLS = process.env.WHEELHOUSE_SOAK === undefined ? 5 : 100;
/** How many requests it answers before: many, so that it is well under way, and by turns a few. */
const ANSWERS_BEFORE = (round: number): number => (round % 2 === 0 ? 20 + randomInt(80) : randomInt(8));
/** Bodies up to 64 KiB go another way than larger ones: about as many of either, and some of just that size. */
const SIZES = [1, 700, 20_000, 65_536, 65_537, 300_000, 2_000_000, 6_000_000];
const KEYS_AT_A_TIME = 12;
const WRITERS = 8;
/** How many of them write the same key, at about the same time. */
const RIVALS = 3;
const READERS = 4;

const directory = temporaryDirectories();
const { serve } = commandLine();
const noise = randomBytes(8_000_000);

/** Bytes that were not there before, made fast enough for a load. */
function newBody(size: number): Buffer {
  const body = Buffer.from(noise.subarray(0, size));
  randomBytes(16).copy(body);
  return body;
}

it(
  `serves nothing that is not whole, and everything that was stored, of a server that is killed under load ${KILLS} times`,
  async () => {
    const cwd = directory({ 'wheelhouse-cache.yml': 'data: data\ntokens: tokens.yml\n' });
    const request = { name: 'main', tier: { kind: 'trusted' }, workspace: 'default' } as const;
    const token = await createToken(join(cwd, 'tokens.yml'), request, new Date());
    let server = await serve(cwd, '--log-level', 'error');
    const witness = new Witness(() => server.url, token);

    for (let round = 0; round < KILLS; round++) {
      let isOver = false;
      let written = 0;
      const keyNear = (): string => {
        const newest = Math.floor(written / RIVALS);
        return `${round}-${Math.max(0, newest - randomInt(KEYS_AT_A_TIME))}`;
      };
      const write = async (writer: number): Promise<void> => {
        while (!isOver) {
          const index = Math.floor(written++ / RIVALS);
          const size = SIZES[(index + writer) % SIZES.length] ?? 0;
          await witness.put(`${round}-${index}`, newBody(size));
        }
      };
      const read = async (): Promise<void> => {
        while (!isOver) await witness.get(keyNear());
      };
      const load = [
        ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
        ...Array.from({ length: READERS }, () => read()),
      ];
      const enough = witness.answers + ANSWERS_BEFORE(round);
      while (witness.answers < enough) await sleep(1);
      await sleep(randomInt(50));
      const killed = server.kill();
      isOver = true;
      await Promise.all([killed, ...load]);

      server = await serve(cwd, '--log-level', 'error');
      const ofRound = witness.keys.filter((key) => key.startsWith(`${round}-`));
      for (const key of ofRound) expect(await witness.get(key)).toBe(true);
      expect(witness.violations).toEqual([]);
    }
    for (const key of witness.keys) expect(await witness.get(key)).toBe(true);
    expect(witness.violations).toEqual([]);

    // It was a load, kills did hit uploads, and writers did meet.
    const { stored, present, hits, brokenUploads } = witness.seen;
    expect(stored).toBeGreaterThan(KILLS);
    expect(hits).toBeGreaterThan(stored);
    expect(present).toBeGreaterThan(0);
    expect(brokenUploads).toBeGreaterThan(KILLS);
    await server.kill();

    const retention = { quotaBytes: 1e12, shares: [], maxAgeMs: 1e12 };
    const store = new DiskStore({ directory: join(cwd, 'data'), retention, now: Date.now });
    expect(await audit(store, { remove: false })).toMatchObject({ damaged: [], dangling: [] });
  },
  20_000 + KILLS * 15_000,
);
