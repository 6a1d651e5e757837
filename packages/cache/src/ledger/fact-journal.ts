import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errnoOf } from '@wheelhouse/element/internal';
import { isEntryHash, isNamespace, type EntryName } from '../store/entry.js';
import { parseJsonObject } from '../store/json-object.js';
import { dayBefore, dayOf, isDay } from './day.js';
import { MAX_DURATION_MS, MAX_NAME_LENGTH, type TaskFact, type ToldFact } from './task-fact.js';
import { namesIn, writeWhole } from './whole-file.js';

/** Lines beyond those that still hold with which a file is not yet written anew. */
const SPARE_LINES = 1000;

/**
 * Facts in files of a line each:
 *
 *     <day>.<writer>.jsonl   what one process was told that day, appended to by that process alone
 *     base.<writer>.jsonl    those of days that are over
 *
 * A line that was cut short is skipped, and what is written behind it begins on a line of its own. A fact that is in
 * two files is one fact, so that files may be merged without a lock, by several processes, and be killed at it.
 */
export class FactJournal {
  private own = { day: '', lines: 0 };
  /** Whether the last append failed, so that the file may end in the midst of a line. */
  private mayBeCut = false;
  /** Files that are complete and were read to their end: their facts have been reported. */
  private readonly told = new Set<string>();

  constructor(
    private readonly directory: string,
    private readonly writer: string,
  ) {}

  /** What other processes were told, this one's predecessors too, as far as this has not yielded it before. */
  async *read(nowMs: number): AsyncGenerator<ToldFact> {
    for (const file of await this.files()) {
      if (this.told.has(file) || this.isOwn(file)) continue;
      const wasOver = isOver(file, nowMs);
      yield* this.factsOf(file);
      if (wasOver) this.told.add(file);
    }
  }

  async append(facts: readonly ToldFact[], nowMs: number): Promise<void> {
    if (facts.length === 0) return;
    const day = dayOf(nowMs);
    if (day !== this.own.day) this.own = { day, lines: 0 };
    await mkdir(this.directory, { recursive: true });
    const text = `${this.mayBeCut ? '\n' : ''}${facts.map(lineOf).join('')}`;
    this.mayBeCut = true;
    await appendFile(join(this.directory, this.ownFile()), text, { mode: 0o644 });
    this.mayBeCut = false;
    this.own.lines += facts.length;
  }

  /**
   * Merges the files of days that are over, as far as they have been read, and writes anew this process's own file where
   * it has many facts that do not hold any more.
   *
   * @param holds whether it is the entry's fact still
   */
  async tidy(nowMs: number, holds: (fact: ToldFact) => boolean): Promise<void> {
    if (this.own.lines > SPARE_LINES) await this.rewriteOwn(holds);
    const files = (await this.files()).filter(
      (file) => isOver(file, nowMs) && (this.told.has(file) || this.isOwn(file)),
    );
    const kept = new Map<string, string>();
    let lines = 0;
    for (const file of files) {
      for await (const told of this.factsOf(file)) {
        lines++;
        if (holds(told)) kept.set(`${told.name.namespace}/${told.name.hash}`, lineOf(told));
      }
    }
    if (files.length < 2 && lines - kept.size <= SPARE_LINES) return;
    const base = `base.${this.writer}.jsonl`;
    await writeWhole(join(this.directory, base), kept.values());
    for (const file of files) {
      if (file !== base) await rm(join(this.directory, file), { force: true });
      this.told.delete(file);
    }
  }

  private async rewriteOwn(holds: (fact: ToldFact) => boolean): Promise<void> {
    const lines: string[] = [];
    for await (const told of this.factsOf(this.ownFile())) if (holds(told)) lines.push(lineOf(told));
    if (this.own.lines - lines.length <= SPARE_LINES) return;
    await writeWhole(join(this.directory, this.ownFile()), lines);
    this.own.lines = lines.length;
  }

  private ownFile(): string {
    return `${this.own.day}.${this.writer}.jsonl`;
  }

  private isOwn(file: string): boolean {
    return file.endsWith(`.${this.writer}.jsonl`);
  }

  private async files(): Promise<readonly string[]> {
    return (await namesIn(this.directory)).filter((file) => /^(base|\d{4}-\d\d-\d\d)\.[0-9a-f]+\.jsonl$/.test(file));
  }

  private async *factsOf(file: string): AsyncGenerator<ToldFact> {
    const input = createReadStream(join(this.directory, file), 'utf8');
    try {
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        const told = parseLine(line);
        if (told !== undefined) yield told;
      }
    } catch (error) {
      // Merged by another process since.
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

function isOver(file: string, nowMs: number): boolean {
  const [day = ''] = file.split('.');
  return !isDay(day) || day < dayBefore(nowMs, 1);
}

function lineOf({ name, fact }: ToldFact): string {
  return `${JSON.stringify({ ...name, ...fact })}\n`;
}

function parseLine(line: string): ToldFact | undefined {
  const { namespace, hash, project, target, durationMs, toldMs } = parseJsonObject(line) ?? {};
  const name = { namespace, hash };
  const fact = { project, target, durationMs, toldMs };
  return isName(name) && isFact(fact) ? { name, fact } : undefined;
}

function isName(name: { namespace: unknown; hash: unknown }): name is EntryName {
  const { namespace, hash } = name;
  return typeof namespace === 'string' && isNamespace(namespace) && typeof hash === 'string' && isEntryHash(hash);
}

function isFact(fact: Record<keyof TaskFact, unknown>): fact is TaskFact {
  return (
    [fact.project, fact.target].every((text) => typeof text === 'string' && text.length <= MAX_NAME_LENGTH) &&
    [fact.durationMs, fact.toldMs].every((number) => Number.isSafeInteger(number) && Number(number) >= 0) &&
    Number(fact.durationMs) <= MAX_DURATION_MS
  );
}
