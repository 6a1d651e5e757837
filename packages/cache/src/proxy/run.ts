import type { Fault } from './fault.js';
import type { ReportedTask } from './upstream.js';

/** What became of an entry that a run handed over. */
export type UploadOutcome = 'stored' | 'dropped';

/** A run of Nx, from its first hook to its last. */
export class Run {
  /** Nx's process, once that is known. */
  pid: number | undefined;
  commit: string | undefined;
  ended = false;
  usedMs: number;
  /** The hashes of entries that met a fault. */
  private readonly faulty = { download: new Set<string>(), upload: new Set<string>() };
  private firstFault: Fault | undefined;
  private readonly uploads = new Map<string, UploadOutcome | 'pending'>();
  private pending = 0;
  private waiting: (() => void)[] = [];

  constructor(nowMs: number) {
    this.usedMs = nowMs;
  }

  /** Something went wrong with the download or the upload of an entry. */
  noteFault(what: 'download' | 'upload', hash: string, fault: Fault): void {
    this.firstFault ??= fault;
    this.faulty[what].add(hash);
  }

  noteUpload(hash: string): void {
    if (this.uploads.get(hash) === 'pending') return;
    this.uploads.set(hash, 'pending');
    this.pending++;
  }

  settleUpload(hash: string, outcome: UploadOutcome): void {
    if (this.uploads.get(hash) !== 'pending') return;
    this.uploads.set(hash, outcome);
    this.pending--;
    if (this.pending > 0) return;
    for (const tell of this.waiting.splice(0)) tell();
  }

  /** Resolves when nothing that the run handed over is under way any more. */
  async settled(): Promise<void> {
    if (this.pending === 0) return;
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
    });
  }

  get hasPending(): boolean {
    return this.pending > 0;
  }

  /** Those of the tasks whose outputs are in the shared cache because of this run. */
  stored(tasks: readonly ReportedTask[]): ReportedTask[] {
    return tasks.filter(({ hash }) => this.uploads.get(hash) === 'stored');
  }

  /** The one warning of a run, a line of text; `undefined` if there is nothing to warn of. */
  warning(address: string): string | undefined {
    if (this.firstFault === undefined) return undefined;
    const counts = (['download', 'upload'] as const)
      .filter((what) => this.faulty[what].size > 0)
      .map((what) => plural(this.faulty[what].size, what))
      .join(' and ');
    const later = this.pending > 0 ? ` ${plural(this.pending, 'upload')} will be sent later.` : '';
    return `The shared cache at ${address} ${this.firstFault.words}. The run continued without it for ${counts}.${later}`;
  }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** How long a run counts as one that goes on, when it is not known which process it is. */
const FORGOTTEN_MS = 12 * 3_600_000;
const MOST_RUNS = 1000;

/** The runs that a proxy knows. */
export class Runs {
  private readonly runs = new Map<string, Run>();

  constructor(
    private readonly now: () => number,
    private readonly isAlive: (pid: number) => boolean,
  ) {}

  /** The run of that name; it is begun with the first that is heard of it. */
  get(id: string): Run {
    const known = this.runs.get(id);
    if (known !== undefined) {
      known.usedMs = this.now();
      return known;
    }
    for (const [each, run] of this.runs) if (this.runs.size >= MOST_RUNS || this.isOver(run)) this.runs.delete(each);
    const run = new Run(this.now());
    this.runs.set(id, run);
    return run;
  }

  /** How many go on. */
  get active(): number {
    return [...this.runs.values()].filter((run) => !this.isOver(run)).length;
  }

  private isOver({ ended, pid, usedMs }: Run): boolean {
    return ended || (pid === undefined ? this.now() - usedMs > FORGOTTEN_MS : !this.isAlive(pid));
  }
}
