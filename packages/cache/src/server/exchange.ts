import type { FastifyRequest } from 'fastify';
import type { EntryName } from '../store/entry.js';
import { accessOf } from '../tiers/access.js';
import type { Principal } from '../tiers/principal.js';
import { formatTier } from '../tiers/tier.js';
import type { ServerOptions } from './server-options.js';

/**
 * How a request ended, for logs and figures:
 *
 * - `hit`, `miss`: of GET; `stored`, `present`: of PUT;
 * - `unauthenticated`, `forbidden`: who asks is not known, or may not;
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
  /** Bytes of a body nobody wants that are read all the same, before the connection is broken off. */
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

/** Writes one line of the log and counts, once a request for an entry has been dealt with. */
export function report(
  { exchange, method, log, ip }: FastifyRequest,
  { metrics, ledger }: Pick<ServerOptions, 'metrics' | 'ledger'>,
): void {
  const { startedMs, outcome, principal, hash, sizeBytes } = exchange;
  const ms = performance.now() - startedMs;
  metrics.countExchange(method, exchange, ms / 1000);
  if (principal !== undefined && (outcome === 'hit' || outcome === 'miss' || outcome === 'stored')) {
    const name = outcome === 'stored' ? writtenBy(principal, hash) : exchange.entry;
    const { workspace, tier } = principal;
    ledger.count({
      outcome,
      workspace,
      tier: tier.kind,
      sizeBytes: sizeBytes ?? 0,
      ...(name === undefined ? {} : { name }),
    });
  }
  const who = principal === undefined ? {} : { principal: principal.name, tier: formatTier(principal.tier) };
  log.info({ method, hash, outcome, ...who, sizeBytes, ip, ms: Math.round(ms) }, 'request');
}

function writtenBy(principal: Principal, hash: string | undefined): EntryName | undefined {
  const { writes } = accessOf(principal);
  return writes === undefined || hash === undefined ? undefined : { namespace: writes, hash };
}
