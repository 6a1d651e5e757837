import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext, ErrorOutput } from '@wheelhouse/element/program';
import { main } from '../../src/cli/main.js';
import { temporaryDirectories } from '../support/directories.js';
import { startProxy } from '../support/proxy.js';

const directory = temporaryDirectories();

async function run(...argv: string[]): Promise<{ exitCode: number; output: string; errors: string }> {
  let output = '';
  let errors = '';
  const context: CommandContext & ErrorOutput = {
    cwd: '/',
    environment: {},
    output: { write: (text: string) => (output += text) },
    errorOutput: { write: (text: string) => (errors += text) },
    process,
  };
  return { exitCode: await main(argv, context), output, errors };
}

describe('wheelhouse-cache proxy', () => {
  it('shows proxies, and ends them', async () => {
    const where = directory();
    const subject = await startProxy({ directory: where });
    const argv = ['--directory', where] as const;
    expect((await run('proxy', 'status', ...argv)).output).toMatch(
      new RegExp(
        `^${process.pid}  shared cache: none, runs: 0, pending uploads: 0, downloads: ok, uploads: ok, memory: \\d+ MB\\n$`,
      ),
    );
    expect(await run('proxy', 'stop', ...argv)).toEqual({
      exitCode: 0,
      output: `${process.pid}  is ended\n`,
      errors: '',
    });
    await subject.proxy.ended;
    expect(readdirSync(join(where, 'proxies')).filter((name) => name.endsWith('.json'))).toEqual([]);
    expect((await run('proxy', 'status', ...argv)).output).toBe(`no proxy is running in ${where}\n`);
  });

  it('says what it can do', async () => {
    const { exitCode, errors } = await run('proxy', 'start');
    expect([exitCode, errors]).toEqual([
      1,
      expect.stringContaining('wheelhouse-cache proxy: `start` is neither `status` nor `stop`'),
    ]);
  });
});
