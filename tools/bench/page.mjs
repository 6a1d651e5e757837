/** The benchmark's results as Markdown. */
import { PLAIN } from './contenders.mjs';
import { median } from './turns.mjs';

/** What is to be reached in each case: our time divided by that of the best of the others, or of `beside`. */
const BARS = {
  'commands, hatchling': {
    cold: { bar: 1.5 },
    'one line changed': { bar: 1 },
    'nothing changed': { bar: 0.35 },
    'twenty projects affected': { bar: 0.4 },
  },
  'commands, setuptools': { cold: { bar: 1.5 }, 'one line changed': { bar: 0.5 }, 'nothing changed': { bar: 0.15 } },
  'commands, 60 requirements': { cold: { bar: 1.5 }, 'one line changed': { bar: 1 }, 'nothing changed': { bar: 0.35 } },
  'through Nx, hatchling': {
    cold: { bar: 1 },
    'one line changed': { bar: 0.85 },
    'nothing changed': { bar: 1.2, beside: PLAIN },
    'twenty projects affected': { bar: 0.3 },
  },
  'built twice, hatchling': { 'one line changed': { bar: 1 } },
  'tests, hatchling': { 'one line changed': { bar: 2.5 }, 'nothing changed': { bar: 1 } },
};

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

/** What the summary says of one case: our ratio to the contender that counts, and what it should be. */
export function resultOf({ group, title, rows }) {
  const { bar, beside } = BARS[group][title];
  const ours = median(rows.find(({ isOurs }) => isOurs).times);
  const others = rows
    .filter(({ name, isOurs, isFloor, isAside }) => !isOurs && !isFloor && !isAside && (beside ?? name) === name)
    .map(({ name, times }) => ({ name, time: median(times) }));
  const best = others.reduce((a, b) => (b.time < a.time ? b : a));
  return { group, title, other: best.name, ratio: ours / best.time, bar };
}

/** The summary of all cases. */
export function summary(cases) {
  return [
    '| entry | case | beside | ours / beside | to reach | reached |',
    '| --- | --- | --- | --- | --- | --- |',
    ...cases.map(resultOf).map(({ group, title, other, ratio, bar }) => {
      return `| ${group} | ${title} | \`${other}\` | ${ratio.toFixed(2)} | ${bar} | ${ratio <= bar ? 'yes' : 'no'} |`;
    }),
    '',
  ].join('\n');
}

function seconds(value) {
  return value.toFixed(2);
}
