import type { TaskFact } from '../ledger/task-fact.js';
import type { EntryRecord } from '../store/entry.js';
import { isPullRequest } from '../tiers/access.js';
import { TopList } from './top-list.js';

/** How many entries a list has. */
export const LISTED_ENTRIES = 25;
/** How many projects of a workspace are listed; the entries of others have no project. */
const MAX_PROJECTS = 2000;

/** A number of entries and the bytes of their bodies, equal bodies each counted. */
export interface Holding {
  readonly entries: number;
  readonly bytes: number;
}

/** An entry, and what is known of its task. */
export interface KnownEntry {
  readonly record: EntryRecord;
  readonly fact: TaskFact | undefined;
}

/** What one project holds. The empty name stands for entries of which the project is not known. */
export interface ProjectHolding {
  readonly trusted: Holding;
  readonly pullRequests: Holding;
}

/** What one workspace holds. */
export interface WorkspaceCensus {
  readonly trusted: Holding;
  readonly pullRequests: Holding;
  /** How many pull requests have entries. */
  readonly pullRequestCount: number;
  /** Of how many entries it is known how long their tasks ran. */
  readonly timed: number;
  readonly projects: ReadonlyMap<string, ProjectHolding>;
  /** The last written ones, the last first. */
  readonly latest: readonly KnownEntry[];
  /** The entries whose tasks took longest, of those of which that is known. */
  readonly slowest: readonly KnownEntry[];
  readonly largest: readonly KnownEntry[];
}

const NONE: Holding = { entries: 0, bytes: 0 };
const NO_HOLDING: ProjectHolding = { trusted: NONE, pullRequests: NONE };

/** Takes entries one by one and keeps sums and short lists of them. */
export class Census {
  private readonly byWorkspace = new Map<string, WorkspaceCount>();

  add(entry: KnownEntry): void {
    const [workspace = ''] = entry.record.name.namespace.split('/');
    let count = this.byWorkspace.get(workspace);
    if (count === undefined) this.byWorkspace.set(workspace, (count = new WorkspaceCount()));
    count.add(entry);
  }

  get workspaces(): ReadonlyMap<string, WorkspaceCensus> {
    return this.byWorkspace;
  }
}

class WorkspaceCount implements WorkspaceCensus {
  trusted = NONE;
  pullRequests = NONE;
  timed = 0;
  readonly projects = new Map<string, ProjectHolding>();
  private readonly pullRequestNames = new Set<string>();
  private readonly latestList = topList(({ record }) => record.created.getTime());
  private readonly slowestList = topList(({ fact }) => fact?.durationMs ?? 0);
  private readonly largestList = topList(({ record }) => record.digest.sizeBytes);

  add(entry: KnownEntry): void {
    const { record, fact } = entry;
    const side = isPullRequest(record.name.namespace) ? 'pullRequests' : 'trusted';
    const { sizeBytes } = record.digest;
    this[side] = with1(this[side], sizeBytes);
    if (side === 'pullRequests') this.pullRequestNames.add(record.name.namespace);
    let project = fact?.project ?? '';
    if (this.projects.size >= MAX_PROJECTS && !this.projects.has(project)) project = '';
    const holding = this.projects.get(project) ?? NO_HOLDING;
    this.projects.set(project, { ...holding, [side]: with1(holding[side], sizeBytes) });
    this.latestList.offer(entry);
    this.largestList.offer(entry);
    if (fact === undefined) return;
    this.timed++;
    this.slowestList.offer(entry);
  }

  get pullRequestCount(): number {
    return this.pullRequestNames.size;
  }

  get latest(): readonly KnownEntry[] {
    return this.latestList.items;
  }

  get slowest(): readonly KnownEntry[] {
    return this.slowestList.items;
  }

  get largest(): readonly KnownEntry[] {
    return this.largestList.items;
  }
}

function with1({ entries, bytes }: Holding, sizeBytes: number): Holding {
  return { entries: entries + 1, bytes: bytes + sizeBytes };
}

/** The largest first; of equals in the order of their names, so that a list does not change from look to look. */
function topList(value: (entry: KnownEntry) => number): TopList<KnownEntry> {
  return new TopList(LISTED_ENTRIES, (a, b) => value(b) - value(a) || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf({ record: { name } }: KnownEntry): string {
  return `${name.namespace}/${name.hash}`;
}
