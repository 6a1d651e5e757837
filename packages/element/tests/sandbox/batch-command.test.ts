import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Step } from '@wheelhouse/element';
import { batchCommand, readBatchStatus, refuseStep } from '../../src/sandbox/batch-command.js';

const shells = ['/bin/dash', '/bin/bash', '/bin/sh'].filter((shell) => existsSync(shell));

function run(shell: string, steps: readonly Step[]): { status: number | null; log: string; begun: number | undefined } {
  const { arguments: program, environment } = batchCommand(steps);
  const { status, stdout, stderr } = spawnSync(shell, program.slice(1), {
    env: Object.fromEntries(environment),
    encoding: 'utf8',
  });
  return { status, log: stdout, begun: readBatchStatus(stderr) };
}

describe.each(shells)('batchCommand in %s', (shell) => {
  const step = (command: string, label: string) => ({
    argv: ['sh', '-c', '-e', command],
    label,
    cwd: '/',
    environment: { PATH: '/usr/bin:/bin', 'odd-name': "o'dd" },
  });

  it('says which step it begins and ends with the exit code of the first that fails', () => {
    const steps = [step('echo 1', 'first'), step('exit 9', "it's\nthe second"), step('echo 3', 'third')];
    expect(run(shell, steps)).toEqual({
      status: 9,
      begun: 1,
      log: "+ first\n1\n+ it's\nthe second\nCommand 'it's\nthe second' failed with exitcode 9\n",
    });
  });

  it('gives a command nothing of the shell: neither its variables, its input nor its status', () => {
    const environment = { ...step('', '').environment, OLDPWD: 'mine' };
    const { log, status } = run(shell, [
      { argv: ['env'], label: 'env', cwd: '/usr', environment },
      step('cat; if (: >&3) 2>/dev/null; then echo open; fi', 'files'),
    ]);
    expect(status).toBe(0);
    const [, ...lines] = log.trimEnd().split('\n');
    expect(lines).toEqual(['OLDPWD=mine', 'PATH=/usr/bin:/bin', "odd-name=o'dd", '+ files']);
  });

  it('fails a step whose directory cannot be made', () => {
    expect(run(shell, [{ ...step('true', 'nowhere'), cwd: '/proc/no/where' }])).toMatchObject({
      begun: 0,
      log: expect.stringContaining("Command 'nowhere' failed") as string,
    });
  });
});

describe('batchCommand', () => {
  const step = (environment: Record<string, string>): Step => ({
    argv: ['true'],
    label: 'a step',
    cwd: '/',
    environment,
  });

  it('has the environment that all steps share, sorted by the bytes of the names', () => {
    const { environment } = batchCommand([
      step({ b: '1', a: '', c: '2', Z: '3' }),
      step({ c: '4', Z: '3', a: '', b: '1' }),
    ]);
    expect(environment).toEqual([
      ['Z', '3'],
      ['a', ''],
      ['b', '1'],
    ]);
  });

  it('does not depend on the order in which an environment was written', () => {
    expect(batchCommand([step({ b: '1', a: '2' })])).toEqual(batchCommand([step({ a: '2', b: '1' })]));
  });

  it('writes an environment once, for any number of steps', () => {
    const [first, second] = [step({ A: 'one' }), step({ A: 'two' })];
    const program = batchCommand([first, second, first, second]).arguments;
    expect(program.slice(0, 4)).toEqual(['sh', '-c', 'for part do eval "$part"; done', 'sh']);
    expect(program.slice(5)).toEqual([
      `launch0() { launch 'A=one' "$@"; }`,
      `launch1() { launch 'A=two' "$@"; }`,
      ...[0, 1, 0, 1].map(
        (launcher, index) =>
          `begin ${index} 'a step'\n` +
          `( { [ -d '/' ] || mkdir -p '/'; } && cd '/' && launch${launcher} 'true' ) 3>&- </dev/null || fail $? 'a step'`,
      ),
    ]);
  });

  it('refuses a step that is too long for one argument, and takes one that is not', () => {
    const long = (length: number): Step => ({ ...step({}), argv: ['sh', '-c', `: ${'x'.repeat(length)}`] });
    expect(refuseStep(long(130_000))).toBeUndefined();
    expect(refuseStep({ ...long(131_072), label: `first line\n${'x'.repeat(100)}` })).toEqual({
      message: "'first line' is too long: the maximum for a command, and for its environment, is 131072 bytes",
      hint: 'move the commands into a script in the sources',
    });
    expect(refuseStep(step({ A: 'x'.repeat(131_072) }))).toMatchObject({
      message: expect.stringMatching(/^'a step' is/) as string,
    });
  });
});
