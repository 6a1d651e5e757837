import type { Tier } from '../tiers/tier.js';
import { shareBar } from './charts.js';
import { countText, percentText, sizeText, spanText } from './format.js';
import { markup, type Html } from './html.js';
import type { HoldingsReport, OverviewReport, ProjectReport } from './report.js';
import { plural, sortHead, tableFrame } from './table.js';
import { type PROJECT_ORDERS, type View } from './view.js';

/** How many projects are shown. */
const SHOWN_PROJECTS = 15;

const ASKERS: Readonly<Record<Tier['kind'], string>> = {
  trusted: 'Protected branches',
  'pull-request': 'Pull requests',
  read: 'Readers',
  admin: 'Administrators',
};

/** Who asked with what success. */
export function askerSection({ askers }: OverviewReport): Html {
  const rows = askers.map(
    ({ tier, hits, misses, hitRate, savedMs }) => markup`<tr>
<th scope="row">${ASKERS[tier]}</th>
<td class="number">${countText(hits + misses)}</td>
<td class="number">${hitRate === null ? '–' : percentText(hitRate)}</td>
<td class="number">${spanText(savedMs)}</td>
</tr>`,
  );
  const table = markup`<table><caption>Requests in the period, by how far the client is trusted</caption>
<thead><tr><th scope="col">Who</th><th scope="col" class="number">Requests</th><th scope="col" class="number">Hit rate</th><th scope="col" class="number">Saved</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  return markup`<section class="card" aria-labelledby="askers"><h2 id="askers">Who asked</h2>
${askers.length === 0 ? markup`<p class="empty">No requests in this period.</p>` : tableFrame('Who asked', table)}
</section>`;
}

/** How much there is of each tier. */
export function tierSection({ holdings }: OverviewReport): Html {
  return markup`<section class="card" aria-labelledby="tiers"><h2 id="tiers">Size by tier</h2>
${holdings === null ? markup`<p class="empty">The store is being read for the first time.</p>` : tierTable(holdings)}
</section>`;
}

function tierTable({ trusted, pullRequests, pullRequestCount, timed }: HoldingsReport): Html {
  const all = trusted.bytes + pullRequests.bytes;
  const entries = trusted.entries + pullRequests.entries;
  if (entries === 0) return markup`<p class="empty">There are no entries.</p>`;
  const row = (
    kind: 'first' | 'second',
    name: string,
    note: string,
    { entries, bytes }: typeof trusted,
  ): Html => markup`<tr>
<th scope="row"><svg class="key" aria-hidden="true"><rect class="${kind}" width="100%" height="100%" /></svg>${name}${note === '' ? '' : markup` <span class="muted">${note}</span>`}</th>
<td class="number">${countText(entries)}</td>
<td class="number">${sizeText(bytes)}</td>
</tr>`;
  return markup`${shareBar([
    { part: all === 0 ? 0 : trusted.bytes / all, kind: 'first' },
    { part: all === 0 ? 0 : pullRequests.bytes / all, kind: 'second' },
  ])}
<table><caption>What is stored now; identical bodies are counted each time</caption>
<thead><tr><th scope="col">Tier</th><th scope="col" class="number">Entries</th><th scope="col" class="number">Size</th></tr></thead>
<tbody>
${row('first', 'Trusted', '', trusted)}
${row('second', 'Pull requests', pullRequestCount === 0 ? '' : `of ${plural(pullRequestCount, 'pull request')}`, pullRequests)}
</tbody></table>
<p class="muted">The duration of the task is known for ${percentText(timed / entries)} of the entries.</p>`;
}

const sizeOf = ({ trusted, pullRequests }: ProjectReport): number => trusted.bytes + pullRequests.bytes;
const entriesOf = ({ trusted, pullRequests }: ProjectReport): number => trusted.entries + pullRequests.entries;

type ProjectOrder = (typeof PROJECT_ORDERS)[number];

const VALUES: Readonly<Record<Exclude<ProjectOrder, 'name'>, (project: ProjectReport) => number>> = {
  saved: ({ savedMs }) => savedMs,
  hits: ({ hits }) => hits,
  entries: entriesOf,
  size: sizeOf,
};

/** Projects in an order, and by their names where that leaves them equal; what is known of none comes last. */
export function orderProjects(projects: readonly ProjectReport[], order: ProjectOrder): readonly ProjectReport[] {
  const byName = (a: ProjectReport, b: ProjectReport): number =>
    Number(a.project === '') - Number(b.project === '') || (a.project < b.project ? -1 : 1);
  if (order === 'name') return [...projects].sort(byName);
  const value = VALUES[order];
  return [...projects].sort((a, b) => value(b) - value(a) || byName(a, b));
}

/** Size, hits and saved time of each project. */
export function projectSection({ projects, days }: OverviewReport, view: View): Html {
  const ordered = orderProjects(projects, view.projects);
  const shown = ordered.slice(0, SHOWN_PROJECTS);
  const most = Math.max(1, ...projects.map(sizeOf));
  const head = (order: ProjectOrder, label: string): Html =>
    sortHead({
      label,
      isNumber: order !== 'name',
      direction: order === 'name' ? 'ascending' : 'descending',
      view: { ...view, projects: order },
      isCurrent: view.projects === order,
      section: '#projects',
    });
  const rows = shown.map(
    (project) => markup`<tr>
<th scope="row" class="name">${project.project === '' ? markup`<span class="muted">not known</span>` : project.project}</th>
<td class="number">${countText(project.hits)}</td>
<td class="number">${spanText(project.savedMs)}</td>
<td class="number">${countText(entriesOf(project))}</td>
<td class="number">${sizeText(project.trusted.bytes)}</td>
<td class="number">${sizeText(project.pullRequests.bytes)}</td>
<td class="number">${sizeText(sizeOf(project))}${shareBar([
      { part: project.trusted.bytes / most, kind: 'first' },
      { part: project.pullRequests.bytes / most, kind: 'second' },
    ])}</td>
</tr>`,
  );
  const rest = ordered.length - shown.length;
  const table = markup`<table class="projects"><caption>Hits and time saved in ${days} days, and what is stored now</caption>
<thead><tr>${head('name', 'Project')}${head('hits', 'Hits')}${head('saved', 'Saved')}${head('entries', 'Entries')}<th scope="col" class="number">Trusted</th><th scope="col" class="number">Pull requests</th>${head('size', 'Size')}</tr></thead>
<tbody>${rows}</tbody></table>
${rest === 0 ? '' : markup`<p class="muted">And ${plural(rest, 'more project')}; <code>/v1/overview</code> lists them all.</p>`}`;
  return markup`<section class="card wide" aria-labelledby="projects"><h2 id="projects">Projects</h2>
${shown.length === 0 ? markup`<p class="empty">There are no entries.</p>` : tableFrame('Projects', table)}
</section>`;
}
