import { sizeText, spanText, timeText } from './format.js';
import { markup, type Html } from './html.js';
import type { EntryReport, OverviewReport } from './report.js';
import { sortHead, tableFrame } from './table.js';
import type { ENTRY_ORDERS, View } from './view.js';

/** How many entries the short lists have. */
const SHORT = 6;

/** How many entries the long list has. */
const LONG = 12;

/** Which tasks are worth most in a cache, and what takes its room. */
export function extremesSection({ holdings }: OverviewReport): Html {
  if (holdings === null) return markup``;
  const { slowest, largest } = holdings;
  return markup`<div class="grid-2">
${shortList({ id: 'slowest', title: 'Slowest tasks', caption: 'By how long the task of an entry ran', head: 'Took', figure: ({ durationMs }) => spanText(durationMs ?? 0), entries: slowest })}
${shortList({ id: 'largest', title: 'Largest entries', caption: 'By the size of the archive', head: 'Size', figure: ({ sizeBytes }) => sizeText(sizeBytes), entries: largest })}
</div>`;
}

interface ShortList {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly head: string;
  readonly figure: (entry: EntryReport) => string;
  readonly entries: readonly EntryReport[];
}

function shortList({ id, title, caption, head, figure, entries }: ShortList): Html {
  const rows = entries.slice(0, SHORT).map(
    (entry) => markup`<tr>
<th scope="row" class="task">${taskName(entry)}<span class="sub">${tierName(entry.tier)}, ${timeText(entry.created)}</span></th>
<td class="number">${figure(entry)}</td>
</tr>`,
  );
  const table = markup`<table><caption>${caption}</caption>
<thead><tr><th scope="col">Task</th><th scope="col" class="number">${head}</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  return markup`<section class="card" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${rows.length === 0 ? markup`<p class="empty">None known.</p>` : table}
</section>`;
}

type EntryOrder = (typeof ENTRY_ORDERS)[number];

const CAPTIONS: Readonly<Record<EntryOrder, string>> = {
  latest: 'The latest, newest first',
  slowest: 'The entries whose tasks took longest',
  largest: 'The largest',
};

/** Who wrote what, when, from which commit. */
export function entriesSection({ holdings }: OverviewReport, view: View): Html {
  const entries = (holdings?.[view.entries] ?? []).slice(0, LONG);
  const head = (order: EntryOrder, label: string): Html =>
    sortHead({
      label,
      isNumber: order !== 'latest',
      direction: 'descending',
      view: { ...view, entries: order },
      isCurrent: view.entries === order,
      section: '#entries',
    });
  const table = markup`<table class="entries"><caption>${CAPTIONS[view.entries]}</caption>
<thead><tr><th scope="col">Task</th><th scope="col">Tier</th>${head('slowest', 'Took')}${head('largest', 'Size')}<th scope="col">Written by</th>${head('latest', 'Written')}<th scope="col">Commit</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${entries.map(row)}</tbody></table>`;
  const empty = holdings === null ? 'The store is being read for the first time.' : 'There are none.';
  return markup`<section class="card wide" aria-labelledby="entries"><h2 id="entries">Entries</h2>
${entries.length === 0 ? markup`<p class="empty">${empty}</p>` : tableFrame('Entries', table)}
</section>`;
}

function row(entry: EntryReport): Html {
  const { durationMs, sizeBytes, writer, created, commit, vouchedBy, sha256, hash } = entry;
  const commitCell =
    commit === null
      ? markup`<span class="muted">not known</span>`
      : markup`<details><summary><code>${commit.slice(0, 8)}</code></summary><code>${commit}</code></details><span class="sub">${vouchedBy === 'issuer' ? 'vouched for by the issuer' : 'as reported by the writer'}</span>`;
  return markup`<tr>
<th scope="row" class="name">${taskName(entry)}<span class="sub"><code>${hash}</code></span></th>
<td class="short">${tierName(entry.tier)}</td>
<td class="number">${durationMs === null ? '–' : spanText(durationMs)}</td>
<td class="number">${sizeText(sizeBytes)}</td>
<td>${writer}</td>
<td class="short"><time datetime="${created}">${timeText(created)}</time></td>
<td class="short">${commitCell}</td>
<td class="short"><details><summary><code>${sha256.slice(0, 12)}</code></summary><code>${sha256}</code></details></td>
</tr>`;
}

function taskName({ project, target }: EntryReport): Html {
  return project === null ? markup`<span class="muted">task not known</span>` : markup`${project}:${target ?? ''}`;
}

function tierName(tier: string): string {
  return tier === 'trusted' ? 'Trusted' : `Pull request ${tier.replace('pr-', '')}`;
}
