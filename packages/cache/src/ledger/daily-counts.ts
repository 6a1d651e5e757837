import { parseJsonObject } from '../store/json-object.js';
import { COUNT_NAMES, NOTHING, plus, type CountKey, type Counts } from './counts.js';

/** One row of a day. */
export type CountRow = CountKey & Counts;

/** How many rows a day may have; what comes beyond is counted without its project. */
const ROWS_OF_A_DAY = 1000;

/** Counts by day, workspace, tier and project, in memory. */
export class DailyCounts {
  private readonly days = new Map<string, Map<string, CountRow>>();

  /** Adds to a row. @param day such as `2026-01-31` */
  add(day: string, key: CountKey, counts: Partial<Counts>): void {
    let rows = this.days.get(day);
    if (rows === undefined) this.days.set(day, (rows = new Map<string, CountRow>()));
    const { workspace, tier } = key;
    const project = rows.size >= ROWS_OF_A_DAY && !rows.has(nameOf(key)) ? '' : key.project;
    const name = nameOf({ workspace, tier, project });
    rows.set(name, { workspace, tier, project, ...plus(rows.get(name) ?? NOTHING, counts) });
  }

  rows(day: string): Iterable<CountRow> {
    return this.days.get(day)?.values() ?? [];
  }

  /** Every workspace that something was counted of. */
  workspaces(): Set<string> {
    return new Set([...this.days.values()].flatMap((rows) => [...rows.values()].map(({ workspace }) => workspace)));
  }

  /** Forgets the days before that one. */
  forgetBefore(day: string): void {
    for (const each of this.days.keys()) if (each < day) this.days.delete(each);
  }
}

/** The text that a file keeps of a day's rows. */
export function rowsText(rows: Iterable<CountRow>): string {
  return `${JSON.stringify({ version: 1, rows: [...rows] })}\n`;
}

/** Reads what {@link rowsText} wrote. @returns `undefined` if the text is none of that */
export function parseRows(text: string): readonly CountRow[] | undefined {
  const { version, rows } = parseJsonObject(text) ?? {};
  return version === 1 && Array.isArray(rows) && rows.every(isRow) ? rows : undefined;
}

const TIERS: readonly unknown[] = ['trusted', 'pull-request', 'read', 'admin'] satisfies CountKey['tier'][];

function isRow(value: unknown): value is CountRow {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as Record<string, unknown>;
  return (
    typeof row.workspace === 'string' &&
    TIERS.includes(row.tier) &&
    typeof row.project === 'string' &&
    COUNT_NAMES.every((name) => Number.isFinite(row[name]) && Number(row[name]) >= 0)
  );
}

function nameOf({ workspace, tier, project }: CountKey): string {
  return `${workspace}/${tier}/${project}`;
}
