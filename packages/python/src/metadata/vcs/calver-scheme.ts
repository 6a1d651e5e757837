import type { Described } from './described.js';
import { exact, SchemeRefusal } from './version-parts.js';
import { normalizeVersion } from '../../requirements/specifier.js';

/** A version that is a day and perhaps a number: `2024.1.31`, `24.1.31.2`. */
const DATED = /^(?<date>[vV]?(?<year>\d{2}|\d{4})\.(?<month>\d{1,2})\.(?<day>\d{1,2}))(?:\.(?<patch>\d*))?$/;

/**
 * The day of the last commit, with the next number where the tag is of the same day; on a branch `release-DATE` that
 * date. Years have as many digits as the tag's. setuptools_scm: `calver-by-date`.
 */
export function calverByDate(at: Described): string {
  if (exact(at)) return at.version;
  if (at.branch.startsWith('release-')) {
    const ofBranch = at.versionIn(at.branch.split('-').at(-1) ?? '');
    if (ofBranch !== undefined && DATED.test(ofBranch)) return ofBranch;
  }
  const dated = DATED.exec(at.version)?.groups;
  const [year = '', month, day] = at.date.split('-');
  const isSameDay = dated !== undefined && dayOf(dated, at.version) === at.date;
  const patch = isSameDay ? Number(dated.patch ?? '0') + 1 : 0;
  const shown = dated?.year?.length === 4 ? year : year.slice(-2);
  return `${normalizeVersion(`${shown}.${month}.${day}.${patch}`)}.dev${at.distance}`;
}

/** `YYYY-MM-DD`; of two digits those from 69 on are years of the last century, as to `strptime`. */
function dayOf({ year = '', month = '', day = '' }: Readonly<Record<string, string>>, version: string): string {
  const whole = year.length === 4 ? year : `${Number(year) < 69 ? '20' : '19'}${year}`;
  const text = `${whole}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)) return text;
  throw new SchemeRefusal(`\`${version}\` is not a day`);
}
