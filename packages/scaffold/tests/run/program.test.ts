import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../src/run/program.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'program-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const run = async (script: string, signal?: AbortSignal): Promise<number> =>
  await runProgram(['sh', '-c', script], { directory, environment: { PATH: process.env.PATH }, signal });

describe('a program', () => {
  it('gives its exit code, or 128 and the signal that ended it', async () => {
    expect(await run('exit 3')).toBe(3);
    expect(await run('kill -INT $$')).toBe(130);
  });

  it('that is interrupted has ended when its end is reported', async () => {
    const interruption = new AbortController();
    const ended = run(
      "trap 'sleep 0.3; touch ended; exit 0' TERM; touch started; while :; do sleep 0.05; done",
      interruption.signal,
    );
    while (!existsSync(join(directory, 'started'))) await new Promise((resolve) => setTimeout(resolve, 10));
    interruption.abort();
    expect(await ended).toBe(130);
    expect(existsSync(join(directory, 'ended'))).toBe(true);
  });

  it('is not run to its end after an interruption', async () => {
    expect(await run('sleep 20', AbortSignal.abort())).toBe(130);
  });

  it('that is not there is an error', async () => {
    const missing = runProgram(['no-such-program'], { directory, environment: {} });
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
