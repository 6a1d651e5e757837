import { Proxy, type ProxyStart } from './proxy.js';

/** The process of a proxy: reads how it is to be started from its input, says where it is, and stays until it is idle. */
export async function main(process: NodeJS.Process): Promise<void> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8') as AsyncIterable<string>) text += piece;
  const started = await Proxy.start(JSON.parse(text) as ProxyStart, process.env);
  if ('problems' in started) {
    process.stdout.write(`${JSON.stringify(started)}\n`);
    process.exitCode = 1;
    return;
  }
  const { proxy, record } = started;
  // The process that started it may have ended.
  process.stdout.on('error', () => undefined);
  process.stdout.end(`${JSON.stringify({ record })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void proxy.stop(signal));
  // A run of Nx fails if its cache does not respond, so the proxy continues after such an error.
  process.on('uncaughtException', (error) => {
    proxy.note(error);
  });
  // A terminal that is closed is no reason to end.
  process.on('SIGHUP', () => undefined);
  await proxy.ended;
  process.exit(0);
}
