import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiskStore } from '../store/disk-store.js';
import { Spool } from '../store/spool.js';
import { Circuit } from './circuit.js';
import { Deliverer } from './deliverer.js';
import { Gateway } from './gateway.js';
import { LocalTier } from './local-tier.js';
import type { ProxyLog } from './proxy-log.js';
import type { ProxySettings } from './proxy-options.js';
import { ReadOnlyMemory } from './read-only-memory.js';
import type { Run } from './run.js';
import { identityOf, TokenSource } from './token-source.js';
import { UploadSpool } from './upload-spool.js';
import { type ReportedTask, Upstream } from './upstream.js';

/** What an {@link Engine} is made with. */
export interface EngineOptions {
  readonly settings: ProxySettings;
  /** Absolute path of the directory for everything that proxies keep. */
  readonly directory: string;
  readonly token: string | undefined;
  /** Absolute paths. */
  readonly tokenFile: string | undefined;
  readonly ca: string | undefined;
  readonly extraCertificatesFile: string | undefined;
  readonly log: ProxyLog;
}

const MAX_ENTRIES = 1_000_000;
/** How long what could not be sent is kept. */
const GIVE_UP_MS = 7 * 24 * 3_600_000;
const MOST_TASKS_A_REPORT = 1000;

/** All of a proxy but its listening side. It takes a moment to load, which no run has to wait for. */
export class Engine {
  readonly gateway: Gateway;
  readonly deliverer: Deliverer;
  readonly reads: Circuit;
  readonly writes: Circuit;
  readonly readOnly: ReadOnlyMemory;
  private readonly upstream: Upstream | undefined;
  private wantsReports = true;

  constructor(options: EngineOptions) {
    const { settings, directory, log } = options;
    const now = Date.now;
    const token = new TokenSource(options.token, options.tokenFile);
    const address = settings.upstream;
    // What belongs together: one shared cache, and one client of it.
    const destination = createHash('sha256')
      .update(`${address ?? ''}\n${address === undefined ? '' : identityOf(token.current())}`)
      .digest('hex')
      .slice(0, 32);
    const store = new DiskStore({
      directory: join(directory, 'local'),
      retention: { quotaBytes: settings.quota, shares: [], maxAgeMs: settings.maxAge },
      now,
    });
    const localTier = settings.quota === 0 ? undefined : new LocalTier(store, `local/${destination}`, now);
    const limits = {
      maxEntryBytes: settings.maxEntry,
      maxUnpackedBytes: settings.maxUnpacked,
      maxEntries: MAX_ENTRIES,
    };
    mkdirSync(store.layout.temporary, { recursive: true, mode: 0o700 });
    const uploads = new UploadSpool({
      directory: join(directory, 'uploads', destination),
      capacityBytes: settings.spoolQuota,
      maxAgeMs: GIVE_UP_MS,
      now,
    });
    this.upstream =
      address === undefined
        ? undefined
        : new Upstream({
            address,
            token,
            headers: settings.headers,
            certificates: options.ca === undefined ? undefined : readFileSync(options.ca, 'utf8'),
            extraCertificatesFile: options.extraCertificatesFile,
            timeoutMs: settings.timeout,
          });
    this.reads = new Circuit({ openMs: 15_000, maxOpenMs: 120_000, tolerance: 3, now });
    this.writes = new Circuit({ openMs: 1000, maxOpenMs: 60_000, tolerance: 3, now });
    this.readOnly = new ReadOnlyMemory(join(directory, 'uploads', `${destination}.read-only`), settings.readOnly, now);
    const common = { localTier, upstream: this.upstream, limits, log };
    this.deliverer = new Deliverer({ ...common, spool: uploads, circuit: this.writes, readOnly: this.readOnly });
    this.gateway = new Gateway({
      ...common,
      circuit: this.reads,
      arrivals: new Spool({ directory: store.layout.temporary, capacityBytes: 16 * settings.maxEntry }),
      uploads,
      deliverer: this.deliverer,
    });
    this.deliverer.resume();
  }

  /** Whether uploads wait that can be sent now. */
  get hasWork(): boolean {
    return this.deliverer.pending > 0 && this.writes.fault === undefined;
  }

  /** Tells the shared cache what a run executed, once that is there. */
  async report(run: Run, tasks: readonly ReportedTask[]): Promise<void> {
    await run.settled();
    const stored = run.stored(tasks);
    for (
      let start = 0;
      start < stored.length && this.upstream !== undefined && this.wantsReports;
      start += MOST_TASKS_A_REPORT
    ) {
      const answer = await this.upstream.report(stored.slice(start, start + MOST_TASKS_A_REPORT));
      if (answer === false) this.wantsReports = false;
    }
  }

  async close(): Promise<void> {
    this.deliverer.close();
    await this.upstream?.close();
  }
}
