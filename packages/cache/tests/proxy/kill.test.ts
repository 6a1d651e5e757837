import { setTimeout as sleep } from 'node:timers/promises';
import { someBytes } from '@wheelhouse/element/testing';
import { archiveWith } from '../support/archive.js';
import { temporaryDirectories } from '../support/directories.js';
import { startFaultyUpstream } from '../support/faulty-upstream.js';
import { SOAK } from '../support/nx-versions.js';
import { buildPackage } from '../support/nx-workspace.js';
import { startProxyProcess, type ProxyProcess } from '../support/proxy-process.js';

const directory = temporaryDirectories();
const KILLS = SOAK ? 100 : 5;
const WRITERS = 4;
const READERS = 4;

beforeAll(buildPackage, 120_000);

/** Kills a proxy so many times at random moments under load, and says what was seen. */
async function killUnderLoad(kills: number): Promise<{
  readonly accepted: ReadonlyMap<string, Buffer>;
  readonly sent: ReadonlyMap<string, Buffer>;
  readonly reads: number;
  readonly wrong: readonly string[];
}> {
  const upstream = await startFaultyUpstream();
  const home = directory();
  const start = (): Promise<ProxyProcess> =>
    startProxyProcess({ directory: home, options: { upstream: upstream.url, quota: '20MB' } });
  let proxy: ProxyProcess | undefined;
  const expected = new Map<string, Buffer>();
  const accepted = new Map<string, Buffer>();
  const wrong: string[] = [];
  let reads = 0;
  try {
    for (let kill = 0; kill < kills; kill++) {
      const current = (proxy = await start());
      let isOver = false;
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        for (let count = 0; !isOver; count++) {
          const hash = `${kill}-${writer}-${count}`;
          const archive = await archiveWith(someBytes(20_000 + 30_000 * (count % 4), count + 1));
          expected.set(hash, archive);
          if ((await current.put(hash, archive).catch(() => 0)) === 200) accepted.set(hash, archive);
          await sleep(5);
        }
      });
      const readers = Array.from({ length: READERS }, async (_, reader) => {
        for (let count = 0; !isOver; count++) {
          const hashes = [...accepted.keys()];
          const hash = hashes[(count * 7 + reader) % hashes.length];
          // A body that breaks off is none; Nx takes it for no entry, either.
          const bytes = hash === undefined ? undefined : await current.bytes(hash).catch(() => undefined);
          if (hash === undefined || bytes === undefined) {
            await sleep(1);
            continue;
          }
          reads++;
          if (expected.get(hash)?.equals(bytes) !== true) wrong.push(hash);
        }
      });
      await sleep(300 + Math.random() * 900);
      await current.kill();
      isOver = true;
      await Promise.all([...writers, ...readers]);
    }
    proxy = await start();
    await proxy.delivered();
    return { accepted, sent: new Map(upstream.entries), reads, wrong };
  } finally {
    await proxy?.kill();
    await upstream.close();
  }
}

describe('a proxy that is killed under load', () => {
  it(
    `serves nothing that is not whole, and delivers all that it took, over ${KILLS} kills`,
    async () => {
      const { accepted, sent, reads, wrong } = await killUnderLoad(KILLS);
      expect(wrong).toEqual([]);
      expect(reads).toBeGreaterThan(KILLS);
      expect(accepted.size).toBeGreaterThan(KILLS);
      expect([...accepted].filter(([hash, archive]) => sent.get(hash)?.equals(archive) !== true)).toEqual([]);
    },
    60_000 + KILLS * 5000,
  );
});
