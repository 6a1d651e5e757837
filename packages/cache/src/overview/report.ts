import type { Counts } from '../ledger/counts.js';
import type { Tier } from '../tiers/tier.js';
import type { Holding } from './census.js';

/** The days that a report can look back. */
export const PERIODS = [7, 30, 90] as const;
export type Period = (typeof PERIODS)[number];

/** What was counted, and the part of the requests that were hits, from 0 to 1; `null` if there were no requests. */
export type Figures = Counts & { readonly hitRate: number | null };

/** One project in a report. */
export interface ProjectReport {
  /** Empty if it is not known. */
  readonly project: string;
  readonly hits: number;
  readonly savedMs: number;
  readonly trusted: Holding;
  readonly pullRequests: Holding;
}

/** One entry in a report. Times are ISO 8601. */
export interface EntryReport {
  readonly hash: string;
  /** `trusted` or `pr-<n>`. */
  readonly tier: string;
  readonly project: string | null;
  readonly target: string | null;
  readonly durationMs: number | null;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly writer: string;
  readonly created: string;
  readonly commit: string | null;
  readonly vouchedBy: 'issuer' | 'writer' | null;
}

/** What a store holds of a workspace. */
export interface HoldingsReport {
  /** When the entries were counted. */
  readonly counted: string;
  readonly trusted: Holding;
  readonly pullRequests: Holding;
  readonly pullRequestCount: number;
  /** Of how many entries it is known how long their tasks ran. */
  readonly timed: number;
  readonly latest: readonly EntryReport[];
  readonly slowest: readonly EntryReport[];
  readonly largest: readonly EntryReport[];
}

/** What the overview shows of one workspace: plain data, as `/v1/overview` gives it. */
export interface OverviewReport {
  readonly workspace: string;
  /** Those that the client may look at. */
  readonly workspaces: readonly string[];
  readonly days: Period;
  readonly asOf: string;
  readonly total: Figures;
  /** Every day of the period, the oldest first, by UTC. */
  readonly daily: readonly (Figures & { readonly day: string })[];
  /** By how far those who asked are trusted. */
  readonly askers: readonly (Figures & { readonly tier: Tier['kind'] })[];
  readonly projects: readonly ProjectReport[];
  /** `null` while a large store is being read for the first time. */
  readonly holdings: HoldingsReport | null;
}
