import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '@wheelhouse/element/internal';
import { DailyCounts, parseRows, rowsText, type CountRow } from './daily-counts.js';
import { dayBefore, isDay } from './day.js';
import { namesIn, writeWhole } from './whole-file.js';

/** How many days are kept. */
export const KEPT_DAYS = 90;

interface CountFile {
  readonly file: string;
  readonly day: string;
  /** `undefined` for the file that holds a whole day. */
  readonly writer: string | undefined;
}

/**
 * Daily counts in files:
 *
 *     <day>.<writer>.json   what one process counted that day, written anew as a whole by that process alone
 *     <day>.json            a day that is over, of all processes
 *
 * There is no lock, so that several servers may share a directory. If there is a day's whole file, it has what the
 * day's others have: a merge that is killed, or done by two at a time, counts nothing twice.
 */
export class CountFiles {
  constructor(
    private readonly directory: string,
    private readonly writer: string,
  ) {}

  /** All that is there of the days that are kept. */
  async read(nowMs: number): Promise<DailyCounts> {
    const counts = new DailyCounts();
    const files = await this.files();
    for (const { file, day, writer } of files) {
      if (day <= dayBefore(nowMs, KEPT_DAYS)) continue;
      if (writer !== undefined && files.some((other) => other.day === day && other.writer === undefined)) continue;
      for (const { workspace, tier, project, ...row } of (await this.rowsOf(file)) ?? []) {
        counts.add(day, { workspace, tier, project }, row);
      }
    }
    return counts;
  }

  /** Writes what this process counted on a day. */
  async write(day: string, rows: Iterable<CountRow>): Promise<void> {
    await writeWhole(join(this.directory, `${day}.${this.writer}.json`), [rowsText(rows)]);
  }

  /** Merges the files of days that no process writes to any more, and removes what is too old. */
  async tidy(nowMs: number): Promise<void> {
    const files = await this.files();
    for (const day of new Set(files.map((file) => file.day))) {
      const parts = files.filter((each) => each.day === day && each.writer !== undefined);
      const whole = files.find((each) => each.day === day && each.writer === undefined);
      if (day <= dayBefore(nowMs, KEPT_DAYS)) {
        await this.remove([...parts, ...(whole === undefined ? [] : [whole])]);
      } else if (parts.length > 0 && day < dayBefore(nowMs, 1) && (whole !== undefined || (await this.merge(parts)))) {
        await this.remove(parts);
      }
    }
  }

  /** @returns whether the parts are in the day's whole file now */
  private async merge(parts: readonly CountFile[]): Promise<boolean> {
    const [{ day } = { day: '' }] = parts;
    const counts = new DailyCounts();
    for (const { file } of parts) {
      const rows = await this.rowsOf(file);
      // Another process has merged it meanwhile.
      if (rows === undefined) return false;
      for (const { workspace, tier, project, ...row } of rows) counts.add(day, { workspace, tier, project }, row);
    }
    const whole = `${day}.json`;
    if (!(await namesIn(this.directory)).includes(whole)) {
      await writeWhole(join(this.directory, whole), [rowsText(counts.rows(day))]);
    }
    return true;
  }

  private async files(): Promise<readonly CountFile[]> {
    return (await namesIn(this.directory)).flatMap((file) => {
      const [, day = '', , writer] = /^([^.]+)(\.([0-9a-f]+))?\.json$/.exec(file) ?? [];
      return isDay(day) ? [{ file, day, writer }] : [];
    });
  }

  /** No rows where the file is damaged; `undefined` if it is gone. */
  private async rowsOf(file: string): Promise<readonly CountRow[] | undefined> {
    try {
      return parseRows(await readFile(join(this.directory, file), 'utf8')) ?? [];
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  private async remove(files: readonly CountFile[]): Promise<void> {
    for (const { file } of files) await rm(join(this.directory, file), { force: true });
  }
}
