import { columnChart, niceSpan } from './charts.js';
import { countText, dayText, percentText, sizeText, spanText } from './format.js';
import { markup, type Html } from './html.js';
import type { Figures, OverviewReport } from './report.js';
import { plural, tableFrame } from './table.js';

/** The four figures that are looked at first. */
export function tiles({ total, holdings, days }: OverviewReport): Html {
  const asked = total.hits + total.misses;
  const kept =
    holdings === null
      ? 'the store is being read'
      : plural(holdings.trusted.entries + holdings.pullRequests.entries, 'entry', 'entries');
  const tile = (name: string, figure: string, note: string): Html =>
    markup`<div class="tile"><dt>${name}</dt><dd class="figure">${figure}</dd><dd class="muted">${note}</dd></div>`;
  return markup`<dl class="tiles">
${tile('Hit rate', total.hitRate === null ? '–' : percentText(total.hitRate), asked === 0 ? `no requests in ${days} days` : `${countText(total.hits)} of ${plural(asked, 'request')}`)}
${tile('Time saved', total.hits === 0 ? '–' : spanText(total.savedMs), 'by hits on tasks of a known duration')}
${tile('Stored', countText(total.stored), `${total.stored === 1 ? 'entry' : 'entries'}; ${sizeText(total.storedBytes)} taken, ${sizeText(total.servedBytes)} served`)}
${tile('Kept now', holdings === null ? '…' : sizeText(holdings.trusted.bytes + holdings.pullRequests.bytes), kept)}
</dl>`;
}

/** Hit rate and saved time day by day, as drawings and as a table. */
export function charts({ daily, total }: OverviewReport): Html {
  const days = daily.map(({ day }) => dayText(day));
  const axis = [days[0] ?? '', days[Math.floor((days.length - 1) / 2)] ?? '', days.at(-1) ?? ''];
  const top = niceSpan(Math.max(...daily.map(({ savedMs }) => savedMs), 1000));
  const rates = columnChart({
    columns: daily.map(({ day, hitRate, hits, misses }) => ({
      part: hitRate ?? undefined,
      label: `${dayText(day)}: ${hitRate === null ? 'no requests' : `${percentText(hitRate)}, ${countText(hits)} of ${plural(hits + misses, 'request')}`}`,
    })),
    summary: rateSummary(daily),
    scale: ['100 %', '50 %', '0 %'],
    axis,
    isPart: true,
  });
  const saved = columnChart({
    columns: daily.map(({ day, savedMs }) => ({
      part: savedMs === 0 ? undefined : savedMs / top,
      label: `${dayText(day)}: ${spanText(savedMs)}`,
    })),
    summary: savedSummary(daily, total),
    scale: [spanText(top), spanText(top / 2), '0'],
    axis,
    isPart: false,
  });
  return markup`<div class="grid-2">
<section class="card" aria-labelledby="rate"><h2 id="rate">Hit rate by day</h2>${rates}</section>
<section class="card" aria-labelledby="saved"><h2 id="saved">Time saved by day</h2>${saved}</section>
</div>
<details><summary>Show the days as a table</summary>${dayTable(daily)}</details>`;
}

type Day = OverviewReport['daily'][number];

function rateSummary(daily: readonly Day[]): string {
  const asked = daily.filter((day): day is Day & { hitRate: number } => day.hitRate !== null);
  const last = asked.at(-1);
  if (last === undefined) return 'Hit rate by day: no requests.';
  const rates = asked.map(({ hitRate }) => hitRate);
  const [low, high] = [percentText(Math.min(...rates)), percentText(Math.max(...rates))];
  return `Hit rate by day: from ${low} to ${high}, and ${percentText(last.hitRate)} on ${dayText(last.day)}. The table of days has the figures.`;
}

function savedSummary(daily: readonly Day[], total: Figures): string {
  const best = [...daily].sort((a, b) => b.savedMs - a.savedMs)[0];
  if (best === undefined || best.savedMs === 0) return 'Time saved by day: none.';
  return `Time saved by day: ${spanText(total.savedMs)} in total, most on ${dayText(best.day)}, ${spanText(best.savedMs)}. The table of days has the figures.`;
}

function dayTable(daily: readonly Day[]): Html {
  const rows = [...daily].reverse().map(
    (day) => markup`<tr>
<th scope="row" class="short">${dayText(day.day)}</th>
<td class="number">${day.hitRate === null ? '–' : percentText(day.hitRate)}</td>
<td class="number">${countText(day.hits)}</td>
<td class="number">${countText(day.misses)}</td>
<td class="number">${spanText(day.savedMs)}</td>
<td class="number">${countText(day.stored)}</td>
<td class="number">${sizeText(day.storedBytes)}</td>
</tr>`,
  );
  return tableFrame(
    'Days',
    markup`<table class="days"><caption>By day in UTC, newest first</caption>
<thead><tr><th scope="col">Day</th><th scope="col" class="number">Hit rate</th><th scope="col" class="number">Hits</th><th scope="col" class="number">Misses</th><th scope="col" class="number">Time saved</th><th scope="col" class="number">Stored</th><th scope="col" class="number">Size stored</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}
