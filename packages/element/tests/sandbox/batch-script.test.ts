import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { batchScript, shellQuote } from '../../src/sandbox/batch-script.js';

const shells = ['/bin/dash', '/bin/bash', '/bin/sh'].filter((shell) => existsSync(shell));

function run(shell: string, script: string): { status: number | null; log: string; begun: string } {
  const { status, output } = spawnSync(shell, {
    input: script,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  return { status, log: `${output[1] ?? ''}${output[2] ?? ''}`, begun: output[3] ?? '' };
}

describe.each(shells)('batchScript in %s', (shell) => {
  const step = (command: string, label: string) => ({
    argv: ['sh', '-c', '-e', command],
    label,
    cwd: '/',
    environment: { PATH: '/usr/bin:/bin', 'odd-name': "o'dd" },
  });

  it('says which step it begins and ends with the exit code of the first that fails', () => {
    const script = batchScript([step('echo 1', 'first'), step('exit 9', "it's\nthe second"), step('echo 3', 'third')]);
    expect(run(shell, script)).toEqual({
      status: 9,
      begun: '0\n1\n',
      log: "+ first\n1\n+ it's\nthe second\nCommand 'it's\nthe second' failed with exitcode 9\n",
    });
  });

  it('gives a command nothing of the shell: neither its variables, its input nor its status', () => {
    const environment = { ...step('', '').environment, OLDPWD: 'mine' };
    const script = batchScript([
      { argv: ['env'], label: 'env', cwd: '/usr', environment },
      step('cat; if (: >&3) 2>/dev/null; then echo open; fi', 'files'),
    ]);
    const { log, status } = run(shell, script);
    expect(status).toBe(0);
    const [, ...lines] = log.trimEnd().split('\n');
    expect(lines).toEqual(['PATH=/usr/bin:/bin', "odd-name=o'dd", 'OLDPWD=mine', '+ files']);
  });

  it('fails a step whose directory cannot be made', () => {
    const script = batchScript([{ ...step('true', 'nowhere'), cwd: '/proc/no/where' }]);
    expect(run(shell, script)).toMatchObject({
      begun: '0\n',
      log: expect.stringContaining("Command 'nowhere' failed") as string,
    });
  });
});

describe('shellQuote', () => {
  it.each(['', 'plain', "it's", '$HOME `x` "y" \\ !', 'a\nb', '-n'])('keeps %j as it is', (text) => {
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellQuote(text)}`], {
      encoding: 'utf8',
    });
    expect(stdout).toBe(text);
  });
});
