import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UploadSpool } from '../../src/proxy/upload-spool.js';
import { temporaryDirectories } from '../support/directories.js';

const directory = temporaryDirectories();

test('what a proxy that was killed had begun to write is removed, and what it had written is there', () => {
  const spool = directory();
  const write = (name: string, ageSeconds: number): void => {
    writeFileSync(join(spool, name), '{"commit":"0123456789012345678901234567890123456789"}');
    utimesSync(join(spool, name), Date.now() / 1000 - ageSeconds, Date.now() / 1000 - ageSeconds);
  };
  for (const name of ['whole', 'whole.json', 'alone.json', 'cut.json.AAAAAAAAAAAA']) write(name, 120);
  for (const name of ['now.json', 'cut.json.BBBBBBBBBBBB']) write(name, 1);
  const uploads = new UploadSpool({ directory: spool, capacityBytes: 1000, maxAgeMs: 3_600_000, now: Date.now });
  expect(uploads.list().map(({ hash, commit }) => [hash, commit])).toEqual([
    ['whole', '0123456789012345678901234567890123456789'],
  ]);
  expect(readdirSync(spool).sort()).toEqual(['cut.json.BBBBBBBBBBBB', 'now.json', 'whole', 'whole.json']);
});
