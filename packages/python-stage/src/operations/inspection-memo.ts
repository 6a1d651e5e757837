import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { replaceMemo } from '@wheelhouse/element/internal';
import type { WheelFinding } from '../inspection/wheel-finding.js';

/** Raised whenever inspection finds something else in the same bytes. */
const FORMAT = 4;
/** Wheels remembered; those inspected longest ago are forgotten first. */
const CAPACITY = 2000;

type Entry = readonly [key: string, findings: readonly WheelFinding[]];

/**
 * What was found in wheels, by what they and their projects are made of, kept in one JSON file. A memo that is lost,
 * unreadable or overwritten by another process costs time and nothing else.
 */
export class InspectionMemo {
  private readonly entries: ReadonlyMap<string, readonly WheelFinding[]>;
  private readonly added = new Map<string, readonly WheelFinding[]>();

  /** @param path the memo's file */
  constructor(private readonly path: string) {
    this.entries = new Map(readEntries(path));
  }

  /** The findings of what `identity` describes, by `inspect` if they are not known. */
  async findings(
    identity: readonly string[],
    inspect: () => Promise<readonly WheelFinding[]>,
  ): Promise<readonly WheelFinding[]> {
    const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    const known = this.added.get(key) ?? this.entries.get(key);
    if (known !== undefined) return known;
    const found = await inspect();
    this.added.set(key, found);
    return found;
  }

  /** Adds what was found to the file as it is now: projects that are built together each have a memo of their own. */
  save(): void {
    if (this.added.size === 0) return;
    const entries = [...new Map([...readEntries(this.path), ...this.added])];
    replaceMemo(this.path, JSON.stringify({ format: FORMAT, entries: entries.slice(-CAPACITY) }));
  }
}

function readEntries(path: string): readonly Entry[] {
  try {
    const memo = JSON.parse(readFileSync(path, 'utf8')) as { format?: unknown; entries?: readonly Entry[] };
    return memo.format === FORMAT ? (memo.entries ?? []) : [];
  } catch {
    // No memo yet, or one cut short: everything is inspected anew.
    return [];
  }
}
