const DAY_MS = 24 * 60 * 60 * 1000;

/** The day of a time in UTC, such as `2026-01-31`. @param timeMs milliseconds since 1970 */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** The day that is `days` days before that of a time. */
export function dayBefore(timeMs: number, days: number): string {
  return dayOf(timeMs - days * DAY_MS);
}

/** The last `count` days up to that of a time, the oldest first. */
export function lastDays(timeMs: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => dayBefore(timeMs, count - 1 - index));
}

/** Whether `text` has the form of a day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}
