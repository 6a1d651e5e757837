/** Writes entries into a data directory, several at a time, until it is killed. Says the hash of each that is stored. */
import { someBytes } from '@wheelhouse/element/testing';
import { DiskStore, Spool } from '@wheelhouse/cache/internal';
import { add, NAMESPACE } from './store-contract.js';

const [directory = '', prefix = ''] = process.argv.slice(2);
const store = new DiskStore({
  directory,
  retention: { quotaBytes: 1e12, shares: [], maxAgeMs: 1e12 },
  now: Date.now,
});
const spool = new Spool({ directory: store.layout.temporary, capacityBytes: 1e12 });

async function write(lane: number): Promise<void> {
  for (let index = 0; ; index++) {
    const hash = `${prefix}-${lane}-${index}`;
    await add({ store, spool }, { namespace: NAMESPACE, hash }, someBytes(200_000 + index, index * 8 + lane));
    process.stdout.write(`${hash}\n`);
  }
}

for (let lane = 0; lane < 4; lane++) void write(lane);
