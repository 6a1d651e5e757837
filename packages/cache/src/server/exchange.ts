import type { EntryName } from '../store/entry.js';
import type { Principal } from '../tiers/principal.js';

/**
 * How a request ended, for logs and figures:
 *
 * - `hit`, `miss`: of GET; `stored`, `present`: of PUT;
 * - `unauthenticated`, `forbidden`: the client is not known, or not allowed;
 * - `refused`: no well-formed request; `too-large`: more than an entry may have, or than there is room for;
 * - `aborted`: the other side went away, or was too slow, before the end;
 * - `fault`: the server could not do its work; the log says why.
 */
export type ExchangeOutcome =
  | 'hit'
  | 'miss'
  | 'stored'
  | 'present'
  | 'unauthenticated'
  | 'forbidden'
  | 'refused'
  | 'too-large'
  | 'aborted'
  | 'fault';

/** What is found out about a request on its way. */
export interface Exchange {
  /** When its head was there, by `performance.now`. */
  readonly startedMs: number;
  outcome: ExchangeOutcome;
  /** How many bytes of an unwanted body are read before the connection is closed. */
  unwantedBytes: number;
  principal?: Principal;
  /** Nx's hash of the task, once it is known to be one. */
  hash?: string;
  /** The entry that was found. */
  entry?: EntryName;
  /** The body's length in bytes, of an upload or a download. */
  sizeBytes?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange;
  }
}
