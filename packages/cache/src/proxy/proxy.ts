import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { types } from 'node:util';
import type { Engine } from './engine.js';
import { ProxyLog } from './proxy-log.js';
import { readProxyOptions, type ProxySettings } from './proxy-options.js';
import { proxyDirectory, recordPath, removeRecord, writeRecord, type ProxyRecord } from './proxy-record.js';
import { ProxyServer } from './proxy-server.js';

/** What a proxy is started with. */
export interface ProxyStart {
  /** See `proxyKey`. */
  readonly key: string;
  /** As they stand in `nx.json`. */
  readonly options: unknown;
  /** What the environment says the shared cache is; it wins over the option. */
  readonly upstream?: string;
  /** The token for it. */
  readonly token?: string;
  /** Absolute path of the workspace, which paths in the options are relative to. */
  readonly workspace: string;
}

/** A listening proxy, or a message that says why it cannot listen. */
export type Started =
  { readonly proxy: Proxy; readonly record: ProxyRecord } | { readonly problems: readonly string[] };

/** A proxy. Nothing that takes long to load is needed until it listens. */
export class Proxy {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  private tellEnded: () => void = () => undefined;
  private loading: Promise<Engine> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private readonly server: ProxyServer;
  private record: ProxyRecord | undefined;

  private constructor(
    private readonly start: ProxyStart,
    private readonly options: {
      readonly settings: ProxySettings;
      readonly directory: string;
      readonly log: ProxyLog;
      readonly environment: NodeJS.ProcessEnv;
    },
  ) {
    this.ended = new Promise((resolve) => {
      this.tellEnded = resolve;
    });
    this.server = new ProxyServer({
      secret: randomBytes(24).toString('base64url'),
      engine: () => this.engine(),
      address: options.settings.upstream ?? 'none',
      log: options.log,
      onStop: () => void this.stop('asked to'),
    });
  }

  /** Begins to listen, and can be found by its key from then on. */
  static async start(start: ProxyStart, environment: NodeJS.ProcessEnv): Promise<Started> {
    const read = readProxyOptions(start.options, start.upstream);
    if ('problems' in read) return read;
    const { directory: named, ca } = (start.options ?? {}) as { readonly directory?: string; readonly ca?: string };
    const directory = proxyDirectory(environment, named, start.workspace);
    try {
      if (ca !== undefined) readFileSync(resolve(start.workspace, ca));
      mkdirSync(join(directory, 'proxies'), { recursive: true, mode: 0o700 });
      const log = new ProxyLog(join(directory, 'proxies', `${start.key}.log`), Date.now);
      const proxy = new Proxy(start, { settings: read.settings, directory, log, environment });
      return { proxy, record: await proxy.listen() };
    } catch (error) {
      return { problems: [types.isNativeError(error) ? error.message : String(error)] };
    }
  }

  /** Ends it; what waits to be uploaded is left to the next one. */
  async stop(reason: string): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    clearInterval(this.timer);
    if (this.record !== undefined) removeRecord(this.recordPath, this.record);
    await this.server.close();
    const engine = await this.loading?.catch(() => undefined);
    await engine?.close();
    this.options.log.write('ended', { reason });
    this.tellEnded();
  }

  /** Logs an unhandled error. */
  note(error: unknown): void {
    this.options.log.write('an unhandled rejection', {
      error: types.isNativeError(error) ? (error.stack ?? error.message) : String(error),
    });
  }

  private get recordPath(): string {
    return recordPath(this.options.directory, this.start.key);
  }

  private async listen(): Promise<ProxyRecord> {
    const url = await this.server.listen();
    const record = { url, secret: this.server.secret, pid: process.pid };
    this.record = record;
    // The process that started this proxy found none that responds: an existing record is of one that does not.
    writeRecord(this.recordPath, record, true);
    this.options.log.write('listening', { url, pid: process.pid, upstream: this.options.settings.upstream });
    setImmediate(() => {
      this.engine().catch((error: unknown) => {
        this.options.log.write('the engine failed to start', { error: String(error) });
      });
    });
    this.timer = setInterval(
      () => {
        this.endWhenIdle();
      },
      Math.min(this.options.settings.idle / 4, 15_000),
    );
    return record;
  }

  private async engine(): Promise<Engine> {
    this.loading ??= this.load().catch((error: unknown) => {
      // A fault of this machine, such as a full disk, may pass.
      this.loading = undefined;
      throw error;
    });
    return await this.loading;
  }

  private async load(): Promise<Engine> {
    const { Engine } = await import('./engine.js');
    const { tokenFile, ca } = (this.start.options ?? {}) as { readonly tokenFile?: string; readonly ca?: string };
    const absolute = (path: string | undefined) =>
      path === undefined ? undefined : resolve(this.start.workspace, path);
    return new Engine({
      settings: this.options.settings,
      directory: this.options.directory,
      token: this.start.token,
      tokenFile: absolute(tokenFile),
      ca: absolute(ca),
      extraCertificatesFile: this.options.environment.NODE_EXTRA_CA_CERTS,
      log: this.options.log,
    });
  }

  private endWhenIdle(): void {
    if (Date.now() - this.server.usedMs < this.options.settings.idle || this.server.runs.active > 0) return;
    void (async () => {
      const engine = await this.engine().catch(() => undefined);
      if (engine?.hasWork === true) return;
      await this.stop('idle');
    })();
  }
}
