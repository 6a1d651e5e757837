import { createHash } from 'node:crypto';
import type { EntryRecord, TaskFact } from '@wheelhouse/cache/internal';

export interface KnownEntrySketch {
  readonly namespace?: string;
  readonly hash: string;
  readonly sizeBytes?: number;
  /** Milliseconds since 1970. */
  readonly createdMs?: number;
}

/** The record of an entry of which only some things matter. */
export function recordOf(sketch: KnownEntrySketch): EntryRecord {
  const { namespace = 'default/trusted', hash, sizeBytes = 1, createdMs = 0 } = sketch;
  return {
    name: { namespace, hash },
    digest: { hash: createHash('sha256').update(hash).digest('hex'), sizeBytes },
    writer: 'ci',
    tier: 'trusted',
    created: new Date(createdMs),
  };
}

/** What is known of the task that made an entry. */
export function factOf(project: string, durationMs = 1): TaskFact {
  return { project, target: 'test', durationMs, toldMs: 0 };
}
