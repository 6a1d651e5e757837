import type { LogLevel } from '../config/log-level.js';
import type { Ledger } from '../ledger/ledger.js';
import type { EntrySurvey } from '../overview/surveyor.js';
import type { Spool } from '../store/spool.js';
import type { TieredCache } from '../tiers/tiered-cache.js';
import type { Identify } from './authentication.js';
import type { Metrics } from './metrics.js';
import type { Pace } from './slow-peer.js';

/** The limits of a server. */
export interface ServerLimits {
  /** Bytes of the largest body that is taken. */
  readonly maxEntryBytes: number;
  readonly pace: Pace;
  /** Milliseconds until the head of a request must be there. */
  readonly headTimeoutMs: number;
  /** Milliseconds until a whole request must be there. */
  readonly transferTimeoutMs: number;
  /** Milliseconds after which a connection on which nothing comes or goes is ended. */
  readonly idleTimeoutMs: number;
  /** Connections at a time; further ones are closed at once. */
  readonly maxConnections: number;
}

/** What a server is made of. */
export interface ServerOptions {
  readonly cache: TieredCache;
  readonly spool: Spool;
  readonly identify: Identify;
  /** What is wrong at the moment, in messages without secrets; empty if the server can work. */
  readonly problems: () => Promise<readonly string[]>;
  readonly limits: ServerLimits;
  readonly metrics: Metrics;
  /** What is counted and told. The server writes it to the end when it is stopped. */
  readonly ledger: Ledger;
  /** Reads all entries of the store, on request of the overview, and once an hour. */
  readonly survey: EntrySurvey;
  /** The least severe messages that are written. */
  readonly logLevel: LogLevel;
  /** Where the log goes, a line of JSON for each message. */
  readonly log: { write(line: string): void };
  /** In PEM; without it the server speaks HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}
