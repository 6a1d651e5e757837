import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Key } from '@wheelhouse/element';
import { LocalStore, captureTree, lockFile, parseDigest, type ArtifactRecord } from '@wheelhouse/element/internal';

/** What a test has done by a process of its own: `store-child.ts <command> <arguments>`. Waits for a line to begin. */
async function main([command, ...args]: readonly string[]): Promise<void> {
  const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const [directory = '', first = '', second = ''] = args;
  const store = LocalStore.open(directory);
  const digest = parseDigest(first) ?? { hash: '', sizeBytes: 0 };
  say('ready');
  await input.next();
  switch (command) {
    case 'write-blob':
      await store.blobs.write(digest, createReadStream(second));
      say('written');
      break;
    case 'write-half-a-blob': {
      async function* half(): AsyncGenerator<Uint8Array> {
        for await (const chunk of createReadStream(second, { end: digest.sizeBytes >> 1 })) yield chunk as Uint8Array;
        // Given on only when the writer asks for more: all before is written.
        say('half');
        await input.next();
      }
      await store.blobs.write(digest, half());
      break;
    }
    case 'put': {
      const record = JSON.parse(first) as ArtifactRecord;
      say(JSON.stringify(await store.artifacts.put(record.key, record)));
      break;
    }
    case 'capture':
      say(JSON.stringify(await captureTree(store.blobs, first, { label: first })));
      break;
    case 'keep': {
      const kept = await store.trees.keep({ tree: digest });
      say(kept?.path ?? 'refused');
      await input.next();
      break;
    }
    case 'key': {
      await store.locks.acquire(first as Key);
      say('locked');
      await input.next();
      break;
    }
    case 'lock': {
      const lock = await lockFile(first, { shared: second === 'shared' });
      say('locked');
      await input.next();
      await lock?.release();
      say('released');
      await input.next();
      break;
    }
    default:
      throw new Error(`unknown command ${String(command)}`);
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
