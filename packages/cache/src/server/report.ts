import type { FastifyRequest } from 'fastify';
import type { EntryName } from '../store/entry.js';
import { accessOf } from '../tiers/access.js';
import type { Principal } from '../tiers/principal.js';
import { formatTier } from '../tiers/tier.js';
import type { ServerOptions } from './server-options.js';

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
