import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createToken } from '@wheelhouse/cache/internal';
import { join } from 'node:path';
import { commandLine } from '../support/command.js';
import { temporaryDirectories } from '../support/directories.js';
import { typescript } from '../support/process.js';

const directory = temporaryDirectories();
const { serve } = commandLine();

async function check(cwd: string, ...argv: string[]): Promise<{ exitCode: number; stdout: string }> {
  const [program, ...args] = typescript('command-main.ts', 'healthcheck', ...argv);
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close') as Promise<[number]>;
  const stdout = await text(child.stdout);
  return { exitCode: (await closed)[0], stdout };
}

describe('wheelhouse-cache healthcheck', () => {
  it('finds the server of the same settings alive, by all its addresses, and then not', async () => {
    const cwd = directory({ 'wheelhouse-cache.yml': 'data: data\ntokens: tokens.yml\n' });
    await createToken(join(cwd, 'tokens.yml'), { name: 'a', tier: { kind: 'read' }, workspace: 'default' }, new Date());
    const server = await serve(cwd);
    const { port } = new URL(server.url);
    for (const host of ['127.0.0.1', '0.0.0.0', 'localhost']) {
      expect(await check(cwd, '--listen', `${host}:${port}`)).toEqual({ exitCode: 0, stdout: 'ok\n' });
    }
    await server.kill();
    expect(await check(cwd, '--listen', `0.0.0.0:${port}`)).toEqual({
      exitCode: 2,
      stdout: `it does not respond at 0.0.0.0:${port}: ECONNREFUSED\n`,
    });
  }, 60_000);

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['says nothing', () => undefined, /: no response within 5 s\n$/],
    ['breaks off', (socket) => socket.destroy(), /: ECONNRESET\n$/],
    [
      'is something else',
      (socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'),
      /^it responded with status 404\n$/,
    ],
  ])('finds one unwell that %s', async (_what, answer, words) => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        answer(socket);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout } = await check(directory(), '--listen', `127.0.0.1:${port}`);
    server.close();
    expect([exitCode, stdout]).toEqual([2, expect.stringMatching(words)]);
  });
});
