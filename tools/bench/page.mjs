/** The benchmark's results as Markdown. */
import { median } from './turns.mjs';

/** What is to be reached in each case: our time divided by that of the best of the others. */
export const BARS = { cold: 1.2, changed: 0.6, nothing: 0.3, affected: 0.6 };

/** A table of one case of one entry point. */
export function caseTable({ title, rows }) {
  const ours = median(rows.find(({ isOurs }) => isOurs).times);
  const lines = rows.map(({ name, times }) => {
    const range = `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`;
    return `| \`${name}\` | ${seconds(median(times))} | ${range} | ${(ours / median(times)).toFixed(2)} |`;
  });
  return [
    `#### ${title}`,
    '',
    '| command | median, s | range, s | ours / this |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

/** The row of one case in the summary. */
export function summaryRow({ group, title, bar, rows }) {
  const ours = median(rows.find(({ isOurs }) => isOurs).times);
  const others = rows
    .filter(({ isOurs, isFloor }) => !isOurs && !isFloor)
    .map(({ name, times }) => ({ name, time: median(times) }));
  const best = others.reduce((a, b) => (b.time < a.time ? b : a));
  const ratio = ours / best.time;
  return `| ${group} | ${title} | \`${best.name}\` | ${ratio.toFixed(2)} | ${BARS[bar]} | ${ratio <= BARS[bar] ? 'yes' : 'no'} |`;
}

/** The summary of all cases. */
export function summary(cases) {
  return [
    '| entry | case | best of the others | ours / best | to reach | reached |',
    '| --- | --- | --- | --- | --- | --- |',
    ...cases.map(summaryRow),
    '',
  ].join('\n');
}

function seconds(value) {
  return value.toFixed(2);
}
