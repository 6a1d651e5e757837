import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { someBytes } from '@wheelhouse/element/testing';
import { archiveWith } from '../support/archive.js';
import { temporaryDirectories } from '../support/directories.js';
import { buildPackage } from '../support/nx-workspace.js';
import { startProxyProcess } from '../support/proxy-process.js';

const directory = temporaryDirectories();

beforeAll(buildPackage, 120_000);

/** Runs before a proxy does, in its process, and breaks something of it when it is told to. */
const SABOTAGE = `
process.on('SIGUSR2', () => {
  setImmediate(() => { throw new Error('a listener failed'); });
  void Promise.reject(new Error('a promise failed'));
});
`;

describe('an unforeseen error in a proxy', () => {
  it('ends no run: the proxy continues and logs it', async () => {
    const home = directory();
    const sabotage = join(home, 'sabotage.cjs');
    writeFileSync(sabotage, SABOTAGE);
    const proxy = await startProxyProcess({
      directory: home,
      options: {},
      environment: { NODE_OPTIONS: `--require "${sabotage}"` },
    });
    try {
      const archive = await archiveWith(someBytes(1000, 1));
      expect(await proxy.put('1234', archive)).toBe(200);
      process.kill(proxy.record.pid, 'SIGUSR2');
      const log = join(home, 'proxies/test.log');
      const expected = ['a listener failed', 'a promise failed', 'an unhandled rejection'];
      while (!expected.every((text) => read(log).includes(text))) await sleep(10);
      expect((await proxy.bytes('1234'))?.equals(archive)).toBe(true);
    } finally {
      await proxy.kill();
    }
  });
});

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
