import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of a test's own, on a free port of the loopback interface. */
export interface Service {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/**
 * Starts a server, and waits until it answers.
 *
 * @param words the command, made for the port it is to listen on
 * @param cwd absolute path
 */
export async function startService(words: (port: number) => readonly string[], cwd: string): Promise<Service> {
  const port = await freePort();
  const [program = '', ...args] = words(port);
  const server = spawn(program, args, { cwd, env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const service = { url: `http://127.0.0.1:${port}`, stop: () => end(server) };
  try {
    await untilItAnswers(service.url, server, () => output);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return service;
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Ends a program that was started, if it has not ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

/** Waits until a server that was started answers at an address. @throws Error with its output where it ends first */
export async function untilItAnswers(url: string, server: ChildProcess, output: () => string): Promise<void> {
  const start = Date.now();
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
    if (server.exitCode !== null || Date.now() - start > START_TIMEOUT_MS) {
      throw new Error(`${server.spawnfile} does not answer: ${output()}`);
    }
    await sleep(50);
  }
}

/** Nobody listens yet. The error is of Node's own realm, not of the tests'. */
function isRefused(error: unknown): boolean {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED';
}
