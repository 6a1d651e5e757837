import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandLine } from './support/command.js';
import { ELEMENTS } from './support/element-project.js';
import { temporaryDirectories } from './support/workspace.js';

const directory = temporaryDirectories();

describe('wheelhouse build', () => {
  it('ends the sandbox on a SIGINT that arrives twice, says so and exits with 130', async () => {
    const project = directory({
      ...ELEMENTS,
      'slow.bst': 'kind: manual\nbuild-depends: [toolchain.bst]\nconfig:\n  build-commands: [echo asleep; sleep 300]\n',
    });
    const [program, ...args] = commandLine(['build', '--verbose', 'slow.bst']);
    const child = spawn(program, args, { cwd: project, env: { ...process.env, WHEELHOUSE_CACHE_DIR: directory() } });
    const text = { stdout: '', stderr: '' };
    child.stderr.on('data', (chunk) => (text.stderr += String(chunk)));
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        text.stdout += String(chunk);
        if (text.stdout.includes('| asleep')) resolve();
      });
      child.once('exit', () => {
        resolve();
      });
    });
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGINT'), 20);
    expect(await exit).toEqual([130, null]);
    expect(text.stderr).toBe('interrupted by SIGINT\n');
  }, 60_000);
});
