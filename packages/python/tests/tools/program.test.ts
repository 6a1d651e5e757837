import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { runProgram } from '../../src/tools/program.js';

const environment = { PATH: process.env.PATH };

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function appears(path: string): Promise<void> {
  for (let tries = 0; tries < 200 && !existsSync(path); tries += 1) await wait(25);
}

test.each([
  ['ends when it is told to', ''],
  ['does not listen', "trap '' TERM; "],
])(
  'a program that is aborted leaves nothing running of what it started, where that %s',
  async (_how, trap) => {
    const directory = temporaryDirectory();
    const script = `${trap}(${trap}sleep 60 & echo $! > ${directory}/pid; : > ${directory}/started; wait) & wait`;
    const controller = new AbortController();
    const run = runProgram('sh', ['-c', script], { environment, signal: controller.signal });
    await appears(join(directory, 'started'));
    controller.abort(new Error('interrupted'));
    await expect(run).rejects.toThrow('interrupted');
    const pid = Number(readFileSync(join(directory, 'pid'), 'utf8'));
    expect(pid).toBeGreaterThan(0);
    await wait(100);
    expect(isRunning(pid)).toBe(false);
  },
  30_000,
);

test('nothing is started once it is aborted, and otherwise the result has the exit code and the output', async () => {
  const signal = AbortSignal.abort(new Error('before'));
  await expect(runProgram('sh', ['-c', 'exit 0'], { environment, signal })).rejects.toThrow('before');
  const answer = await runProgram('sh', ['-c', 'cat; echo http://user:secret@host >&2; exit 3'], {
    ...{ environment, signal: new AbortController().signal, input: 'in' },
  });
  expect(answer).toEqual({ code: 3, stdout: 'in', output: 'http://host\n' });
  await expect(runProgram('no-such-program', [], { environment })).rejects.toMatchObject({ code: 'ENOENT' });
});
