/** Writes entries into a bucket, large and small, until it is killed. Says the hash of each that is stored. */
import { someBytes } from '@wheelhouse/element/testing';
import { Bucket, type BucketOptions, S3Store, Spool } from '@wheelhouse/cache/internal';
import { add, NAMESPACE } from './store-contract.js';

const [options = '', directory = '', prefix = ''] = process.argv.slice(2);
const spool = new Spool({ directory, capacityBytes: 1e12 });

async function write(store: S3Store, lane: number): Promise<void> {
  for (let index = 0; ; index++) {
    const hash = `${prefix}-${lane}-${index}`;
    const size = lane === 0 ? 20_000_000 : 100_000;
    await add({ store, spool }, { namespace: NAMESPACE, hash }, someBytes(size + index, index * 8 + lane));
    process.stdout.write(`${hash}\n`);
  }
}

void Bucket.open(JSON.parse(options) as BucketOptions).then((bucket) => {
  const retention = { quotaBytes: Infinity, shares: [], maxAgeMs: 1e12 };
  const store = new S3Store({ bucket, retention, now: Date.now });
  for (let lane = 0; lane < 3; lane++) void write(store, lane);
});
