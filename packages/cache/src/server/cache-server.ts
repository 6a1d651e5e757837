import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { createApp } from './app.js';
import type { ServerOptions } from './server-options.js';

/** A server that runs. */
export class CacheServer {
  private constructor(
    private readonly app: FastifyInstance,
    private readonly options: ServerOptions,
  ) {}

  /** @param port 0 for any that is free @throws what listen(2) says, such as EADDRINUSE */
  static async start(options: ServerOptions, { host, port }: { host: string; port: number }): Promise<CacheServer> {
    const app = createApp(options);
    await app.listen({ host, port });
    return new CacheServer(app, options);
  }

  /** Where it is, such as `http://127.0.0.1:3737`; what NX_SELF_HOSTED_REMOTE_CACHE_SERVER is set to. */
  get url(): string {
    const { address, family, port } = this.app.server.address() as AddressInfo;
    const scheme = this.options.tls === undefined ? 'http' : 'https';
    return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Takes no more connections, lets what is under way end within `graceMs` milliseconds, then breaks it off. */
  async stop(graceMs: number): Promise<void> {
    const timer = new AbortController();
    const closed = this.app.close().finally(() => {
      timer.abort();
    });
    await Promise.race([closed, sleep(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    this.app.server.closeAllConnections();
    await closed;
    this.options.metrics.dispose();
  }
}
