import type { Counts } from '../ledger/counts.js';
import type { CountRow } from '../ledger/daily-counts.js';
import { lastDays } from '../ledger/day.js';
import { sumOf, type Ledger } from '../ledger/ledger.js';
import type { Principal } from '../tiers/principal.js';
import type { Tier } from '../tiers/tier.js';
import type { KnownEntry, WorkspaceCensus } from './census.js';
import type { EntryReport, Figures, HoldingsReport, OverviewReport, Period, ProjectReport } from './report.js';
import type { Survey, Surveyor } from './surveyor.js';

/** What is asked for. */
export interface OverviewQuery {
  readonly days: Period;
  readonly workspace: string;
}

const TIERS: readonly Tier['kind'][] = ['trusted', 'pull-request', 'read', 'admin'];
const NONE = { entries: 0, bytes: 0 };

/** Puts together what the ledger has counted and what the store holds. */
export class Overview {
  constructor(
    private readonly ledger: Ledger,
    private readonly surveyor: Surveyor,
    private readonly now: () => number,
  ) {}

  /** The workspaces that a user may look at: their own, or all of them for an admin. */
  async workspacesOf({ tier, workspace }: Principal): Promise<readonly string[]> {
    if (tier.kind !== 'admin') return [workspace];
    const survey = await this.surveyor.look();
    const names = new Set([workspace, ...this.ledger.workspaces(), ...(survey?.workspaces.keys() ?? [])]);
    return [...names].sort();
  }

  /** @param workspaces what the report names as those one may choose from */
  async report({ days, workspace }: OverviewQuery, workspaces: readonly string[]): Promise<OverviewReport> {
    const survey = await this.surveyor.look();
    const now = this.now();
    const byDay = lastDays(now, days).map((day) => ({
      day,
      rows: this.ledger.rows(day).filter((row) => row.workspace === workspace),
    }));
    const rows = byDay.flatMap((each) => each.rows);
    const census = survey?.workspaces.get(workspace);
    return {
      workspace,
      workspaces,
      days,
      asOf: new Date(now).toISOString(),
      total: figuresOf(sumOf(rows)),
      daily: byDay.map((each) => ({ day: each.day, ...figuresOf(sumOf(each.rows)) })),
      askers: TIERS.map((tier) => ({ tier, ...figuresOf(sumOf(rows.filter((row) => row.tier === tier))) })).filter(
        ({ hits, misses, stored }) => hits + misses + stored > 0,
      ),
      projects: projectsOf(rows, census),
      holdings: survey === undefined ? null : holdingsOf(survey, census),
    };
  }
}

function figuresOf(counts: Counts): Figures {
  const asked = counts.hits + counts.misses;
  return { ...counts, hitRate: asked === 0 ? null : counts.hits / asked };
}

function projectsOf(rows: readonly CountRow[], census: WorkspaceCensus | undefined): readonly ProjectReport[] {
  const byProject = new Map<string, { hits: number; savedMs: number }>();
  for (const project of census?.projects.keys() ?? []) byProject.set(project, { hits: 0, savedMs: 0 });
  for (const { project, hits, savedMs } of rows) {
    if (hits === 0) continue;
    const sum = byProject.get(project) ?? { hits: 0, savedMs: 0 };
    byProject.set(project, { hits: sum.hits + hits, savedMs: sum.savedMs + savedMs });
  }
  return [...byProject].map(([project, counted]) => {
    const { trusted = NONE, pullRequests = NONE } = census?.projects.get(project) ?? {};
    return { project, ...counted, trusted, pullRequests };
  });
}

function holdingsOf({ takenMs }: Survey, census: WorkspaceCensus | undefined): HoldingsReport {
  const entries = (list: readonly KnownEntry[] = []): readonly EntryReport[] => list.map(entryReport);
  return {
    counted: new Date(takenMs).toISOString(),
    trusted: census?.trusted ?? NONE,
    pullRequests: census?.pullRequests ?? NONE,
    pullRequestCount: census?.pullRequestCount ?? 0,
    timed: census?.timed ?? 0,
    latest: entries(census?.latest),
    slowest: entries(census?.slowest),
    largest: entries(census?.largest),
  };
}

function entryReport({ record, fact }: KnownEntry): EntryReport {
  return {
    hash: record.name.hash,
    tier: record.name.namespace.split('/')[1] ?? '',
    project: fact?.project ?? null,
    target: fact?.target ?? null,
    durationMs: fact?.durationMs ?? null,
    sizeBytes: record.digest.sizeBytes,
    sha256: record.digest.hash,
    writer: record.writer,
    created: record.created.toISOString(),
    commit: record.commit?.id ?? null,
    vouchedBy: record.commit?.vouchedBy ?? null,
  };
}
