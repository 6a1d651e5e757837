import { formatSize } from '../config/quantity.js';

/** Joins a figure and its unit, so that no line ends between them. */
const NBSP = '\u00A0';

const SPANS = [
  { unit: 'd', ms: 86_400_000, smaller: { unit: 'h', ms: 3_600_000 } },
  { unit: 'h', ms: 3_600_000, smaller: { unit: 'min', ms: 60_000 } },
  { unit: 'min', ms: 60_000, smaller: { unit: 's', ms: 1000 } },
];

/** A readable duration: two units at most, such as `3 h 12 min`, `4.2 s`, `640 ms`. @param ms milliseconds */
export function spanText(ms: number): string {
  const rounded = ms < 59_950 ? ms : Math.round(ms / 1000) * 1000;
  for (const { unit, ms: size, smaller } of SPANS) {
    if (rounded < size) continue;
    const rest = Math.floor((rounded % size) / smaller.ms);
    const whole = `${Math.floor(rounded / size)}${NBSP}${unit}`;
    return rest === 0 ? whole : `${whole} ${rest}${NBSP}${smaller.unit}`;
  }
  if (ms >= 1000) return `${Number((ms / 1000).toFixed(1))}${NBSP}s`;
  return ms === 0 ? `0${NBSP}s` : `${Math.round(ms)}${NBSP}ms`;
}

/** A part of a whole for users, cut off and not rounded: what is shown as 100 % is all. @param part from 0 to 1 */
export function percentText(part: number): string {
  return `${part === 0 || part === 1 ? part * 100 : (Math.floor(part * 1000) / 10).toFixed(1)}${NBSP}%`;
}

/** A number with its thousands apart. */
export function countText(count: number): string {
  return count.toLocaleString('en-GB');
}

const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A time for users, in UTC: `31 Jan 2026, 12:00`. @param iso ISO 8601 */
export function timeText(iso: string): string {
  return TIME.format(new Date(iso));
}

/** A day for users: `31 Jan`. @param day such as `2026-01-31` */
export function dayText(day: string): string {
  return DAY.format(new Date(`${day}T00:00:00Z`));
}

/** A number of bytes for users, which does not break between its figure and its unit. */
export function sizeText(bytes: number): string {
  return formatSize(bytes).replace(' ', NBSP);
}
