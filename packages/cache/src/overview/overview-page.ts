import { entriesSection, extremesSection } from './entries-section.js';
import { charts, tiles } from './figures-section.js';
import { timeText } from './format.js';
import { frame, MARK } from './frame.js';
import { askerSection, projectSection, tierSection } from './holdings-section.js';
import { markup, type Html } from './html.js';
import { PERIODS, type OverviewReport } from './report.js';
import { hrefOf, type View } from './view.js';

/** What the page is made of. */
export interface OverviewPage {
  readonly report: OverviewReport;
  readonly view: View;
  /** Who looks. */
  readonly reader: string;
}

/** The page. Every state of it is an address; it has no script. */
export function overviewPage({ report, view, reader }: OverviewPage): string {
  return frame(
    `${report.workspace} · Wheelhouse cache`,
    markup`<a class="skip" href="#content">Skip to the figures</a>
<div class="page">
<header>
<div class="brand">${MARK}<div><h1>Wheelhouse cache</h1><p class="muted">Workspace ${report.workspace}</p></div></div>
<div class="who"><span class="muted">${reader}</span><form method="post" action="/sign-out"><button>Sign out</button></form></div>
</header>
${choices(report, view)}
<main id="content" tabindex="-1">
${isUnused(report) ? welcome() : ''}
${tiles(report)}
${charts(report)}
<div class="grid-2">
${askerSection(report)}
${tierSection(report)}
</div>
${projectSection(report, view)}
${extremesSection(report)}
${entriesSection(report, view)}
</main>
<footer>${times(report)}</footer>
</div>`,
  );
}

function choices({ days, workspace, workspaces }: OverviewReport, view: View): Html {
  const link = (label: string, to: View, isCurrent: boolean): Html =>
    isCurrent
      ? markup`<li><a href="${hrefOf(to)}" aria-current="true">${label}</a></li>`
      : markup`<li><a href="${hrefOf(to)}">${label}</a></li>`;
  const periods = PERIODS.map((each) => link(`${each} days`, { ...view, days: each }, each === days));
  const others = workspaces.map((each) => link(each, { ...view, workspace: each }, each === workspace));
  const nav = (id: string, title: string, links: readonly Html[]): Html =>
    markup`<nav class="choice" aria-labelledby="${id}"><span class="muted" id="${id}">${title}</span><ul>${links}</ul></nav>`;
  return markup`<div class="bar-of-links">
${nav('period', 'Period', periods)}
${workspaces.length < 2 ? '' : nav('workspace', 'Workspace', others)}
</div>`;
}

function isUnused({ total, holdings }: OverviewReport): boolean {
  const { hits, misses, stored } = total;
  const entries = holdings === null ? 1 : holdings.trusted.entries + holdings.pullRequests.entries;
  return hits + misses + stored + entries === 0;
}

function welcome(): Html {
  return markup`<section class="card first-use" aria-labelledby="unused"><h2 id="unused">Nothing has used this cache in this period</h2>
<p>Builds use it once Nx is pointed at it:</p>
<pre>export NX_SELF_HOSTED_REMOTE_CACHE_SERVER=&lt;this address&gt;
export NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN=&lt;a token&gt;</pre>
</section>`;
}

function times({ asOf, holdings }: OverviewReport): Html {
  const counted =
    holdings === null
      ? markup`the entries are being counted.`
      : markup`entries counted at <time datetime="${holdings.counted}">${timeText(holdings.counted)}</time>.`;
  return markup`<p>As of <time datetime="${asOf}">${timeText(asOf)}</time>; ${counted} Days and times are in UTC.</p>`;
}
