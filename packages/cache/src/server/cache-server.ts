import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { Overview } from '../overview/overview.js';
import { Surveyor } from '../overview/surveyor.js';
import { createApp } from './app.js';
import type { ServerOptions } from './server-options.js';

/** Milliseconds between looks at what the ledger need not keep. */
const UPKEEP_EVERY_MS = 3_600_000;

/** A server that runs. */
export class CacheServer {
  private readonly upkeep: NodeJS.Timeout;

  private constructor(
    private readonly app: FastifyInstance,
    private readonly options: ServerOptions,
    surveyor: Surveyor,
  ) {
    this.upkeep = setInterval(() => {
      surveyor
        .take()
        .catch((error: unknown) => {
          app.log.warn({ err: error }, 'the entries could not be read for the overview');
        })
        .then(() => options.ledger.tidy())
        .catch((error: unknown) => {
          app.log.error({ err: error }, 'the ledger could not be compacted');
        });
    }, UPKEEP_EVERY_MS).unref();
  }

  /** @param port 0 for any that is free @throws what listen(2) says, such as EADDRINUSE */
  static async start(options: ServerOptions, { host, port }: { host: string; port: number }): Promise<CacheServer> {
    const surveyor = new Surveyor(options.survey, options.ledger, Date.now);
    const app = createApp(options, new Overview(options.ledger, surveyor, Date.now));
    await app.listen({ host, port });
    return new CacheServer(app, options, surveyor);
  }

  /** Where it is, such as `http://127.0.0.1:3737`; what NX_SELF_HOSTED_REMOTE_CACHE_SERVER is set to. */
  get url(): string {
    const { address, family, port } = this.app.server.address() as AddressInfo;
    const scheme = this.options.tls === undefined ? 'http' : 'https';
    return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Takes no more connections, lets what is under way end within `graceMs` milliseconds, then breaks it off. */
  async stop(graceMs: number): Promise<void> {
    clearInterval(this.upkeep);
    const timer = new AbortController();
    const closed = this.app.close().finally(() => {
      timer.abort();
    });
    await Promise.race([closed, sleep(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    this.app.server.closeAllConnections();
    await closed;
    await this.options.ledger.flush();
    this.options.metrics.dispose();
  }
}
