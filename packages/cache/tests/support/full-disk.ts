/** A server whose data are on a file system that gets full; says what it answers. */
import { readdirSync } from 'node:fs';
import { startServer } from './server.js';

async function main(): Promise<void> {
  const it = await startServer({ directory: process.argv[2] ?? '' });
  const small = await it.put('small', 'small');
  const large = await it.put('large', new Uint8Array(5_000_000));
  const again = await it.put('again', 'again');
  const answer = {
    small: small.status,
    large: [large.status, large.headers.get('wheelhouse-fault')],
    again: again.status,
    served: await (await it.get('small')).text(),
    left: readdirSync(it.store.layout.temporary),
  };
  process.stdout.write(JSON.stringify(answer));
  await it.server.stop(100);
}

void main();
