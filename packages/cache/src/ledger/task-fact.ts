import type { EntryName } from '../store/entry.js';

/** What the writer of an entry tells of the task that made it. */
export interface TaskFact {
  readonly project: string;
  readonly target: string;
  /** How long the task ran, in whole milliseconds: what a hit on the entry saves. */
  readonly durationMs: number;
  /** When it was told, in milliseconds since 1970. */
  readonly toldMs: number;
}

/** A fact, and the entry it is about. */
export interface ToldFact {
  readonly name: EntryName;
  readonly fact: TaskFact;
}

/** The longest that a task can have run, in milliseconds: 30 days. */
export const MAX_DURATION_MS = 2_592_000_000;

/** How many characters the name of a project or a target may have. */
export const MAX_NAME_LENGTH = 200;
