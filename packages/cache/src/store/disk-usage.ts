import type { Retention } from './keeping.js';
import type { EntryRecord } from './entry.js';
import type { Collection } from './keeping.js';

interface Bytes {
  total: number;
  readonly byShare: number[];
}

/** How much a disk holds: what the last collection counted, together with what was written since it began. */
export class DiskUsage {
  /** `undefined` before the first collection. */
  private counted: Bytes | undefined;
  private added: Bytes;

  constructor(private readonly retention: Retention) {
    this.added = this.nothing();
  }

  /** Whether a bound is passed, or nothing is known yet. */
  get isOver(): boolean {
    const { quotaBytes, shares } = this.retention;
    const { counted } = this;
    if (counted === undefined || counted.total > quotaBytes) return true;
    return shares.some((share, index) => (counted.byShare[index] ?? 0) > share.bytes);
  }

  /** Counts an entry that was published. */
  add({ name, digest: { sizeBytes } }: EntryRecord, isNewBody: boolean): void {
    for (const bytes of this.counted === undefined ? [this.added] : [this.added, this.counted]) {
      if (isNewBody) bytes.total += sizeBytes;
      this.retention.shares.forEach((share, index) => {
        if (share.covers(name.namespace)) bytes.byShare[index] = (bytes.byShare[index] ?? 0) + sizeBytes;
      });
    }
  }

  beginCollection(): void {
    this.added = this.nothing();
  }

  /** What was written while it went on may be counted twice, which the next collection puts right. */
  endCollection({ bytes, shareBytes }: Collection): void {
    this.counted = {
      total: bytes + this.added.total,
      byShare: shareBytes.map((share, index) => share + (this.added.byShare[index] ?? 0)),
    };
  }

  private nothing(): Bytes {
    return { total: 0, byShare: this.retention.shares.map(() => 0) };
  }
}
