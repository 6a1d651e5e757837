import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Collection } from '../store/keeping.js';
import type { Exchange } from './exchange.js';

/** The figures of a server, as Prometheus reads them. Each server has its own. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'wheelhouse_cache_requests_total',
    help: 'Requests for entries, by outcome and by how far the client is trusted',
    labelNames: ['method', 'outcome', 'tier'] as const,
    registers: [this.registry],
  });
  private readonly seconds = new Histogram({
    name: 'wheelhouse_cache_request_seconds',
    help: 'Time from the headers of a request for an entry to the end of the response',
    labelNames: ['method', 'outcome'] as const,
    buckets: [0.002, 0.01, 0.05, 0.2, 1, 5, 30, 120],
    registers: [this.registry],
  });
  private readonly bytes = new Counter({
    name: 'wheelhouse_cache_body_bytes_total',
    help: 'Bytes of the bodies of entries that were served (hit) or accepted (stored)',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  private readonly entries = new Gauge({
    name: 'wheelhouse_cache_entries',
    help: 'Entries left by the last collection',
    registers: [this.registry],
  });
  private readonly storedBytes = new Gauge({
    name: 'wheelhouse_cache_stored_bytes',
    help: 'Bytes of the bodies left by the last collection, identical ones counted once',
    registers: [this.registry],
  });
  private readonly removed = new Counter({
    name: 'wheelhouse_cache_removed_entries_total',
    help: 'Entries removed, because of their age, to keep within the quota, or as unreadable',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts a request for an entry. @param seconds how long it took */
  countExchange(method: string, { outcome, principal, sizeBytes = 0 }: Exchange, seconds: number): void {
    // Not the number of a pull request: every other one would be another time series.
    this.requests.inc({ method, outcome, tier: principal?.tier.kind ?? 'none' });
    this.seconds.observe({ method, outcome }, seconds);
    if (outcome === 'hit' || outcome === 'stored') this.bytes.inc({ outcome }, sizeBytes);
  }

  countCollection({ entries, bytes, removed }: Collection): void {
    this.entries.set(entries);
    this.storedBytes.set(bytes);
    for (const [reason, count] of Object.entries(removed)) this.removed.inc({ reason }, count);
  }

  /** The figures in Prometheus' text format, and its type. */
  async print(): Promise<{ readonly text: string; readonly contentType: string }> {
    return { text: await this.registry.metrics(), contentType: this.registry.contentType };
  }

  /** Ends the measuring of the process. */
  dispose(): void {
    this.registry.clear();
  }
}
