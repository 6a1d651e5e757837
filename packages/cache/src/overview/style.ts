import { createHash } from 'node:crypto';

/** The style of all pages. No attribute of an element has style, so that the policy of the page need not allow it. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --surface: #ffffff; --text: #1a1f28; --muted: #566070; --line: #dde1e7;
  --first: #2463c4; --second: #b45a12; --track: #e3e8f0; --link: #1c54ab; --error: #a61b1b; --on-first: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1217; --surface: #171b22; --text: #e6e9ef; --muted: #a3adbc; --line: #2a303a;
    --first: #6ea8ff; --second: #ef9f5f; --track: #262d38; --link: #8fbcff; --error: #ff9c94; --on-first: #0f1217;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 0.9375rem/1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
a { color: var(--link); text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--first); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--surface); z-index: 1; }
.skip:focus { top: 1rem; }
.page { max-width: 74rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 3rem; }
header { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; align-items: center; justify-content: space-between; }
.brand { display: flex; gap: 0.75rem; align-items: center; }
.brand svg { flex: none; width: 2.25rem; height: 2.25rem; color: var(--first); }
h1 { margin: 0; font-size: 1.25rem; line-height: 1.3; letter-spacing: -0.01em; }
h2 { margin: 0; font-size: 1rem; line-height: 1.4; }
.muted, caption { color: var(--muted); font-size: 0.8125rem; }
.brand { min-width: 0; }
.brand div { min-width: 0; overflow-wrap: anywhere; }
.brand p, .card > p, .tile p { margin: 0; }
.who { display: flex; gap: 0.75rem; align-items: center; }
.who { overflow-wrap: anywhere; }
.who form { flex: none; }
.bar-of-links { display: flex; flex-wrap: wrap; gap: 0.75rem 2rem; margin: 1.25rem 0 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem; list-style: none; margin: 0; padding: 0; }
nav.choice { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; }
nav.choice a { display: block; padding: 0.2rem 0.7rem; border: 1px solid transparent; border-radius: 1rem; text-decoration: none; }
nav.choice a:hover { border-color: var(--line); background: var(--surface); }
nav.choice a[aria-current] { border-color: var(--first); background: var(--surface); color: var(--text); font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 1rem; margin: 0; }
.tile, .card { min-width: 0; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.tile { display: flex; flex-direction: column; }
.tile dt { color: var(--muted); font-size: 0.8125rem; }
.tile dd { margin: 0; }
.tile .figure { font-size: 1.65rem; font-weight: 650; line-height: 1.35; letter-spacing: -0.02em; }
.first-use { margin-bottom: 1rem; }
.grid-2 { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; margin-top: 1rem; }
.card.wide { margin-top: 1rem; }
.card > h2 + p { margin-bottom: 0.75rem; }
.chart { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.35rem 0.6rem; margin-top: 0.85rem; }
.chart svg { display: block; width: 100%; height: 9rem; overflow: visible; }
.scale { display: flex; flex-direction: column; justify-content: space-between; margin: -0.6rem 0; text-align: right; }
.axis { grid-column: 2; display: flex; justify-content: space-between; }
.scale, .axis { color: var(--muted); font-size: 0.75rem; line-height: 1.2rem; white-space: nowrap; }
.grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.track { fill: var(--track); } .bar, .first { fill: var(--first); } .second { fill: var(--second); }
g:hover > .bar { fill: var(--second); }
.share { display: block; width: 100%; height: 0.5rem; border-radius: 0.25rem; }
td .share { width: 5rem; height: 0.35rem; margin: 0.25rem 0 0 auto; }
.card > .share { height: 0.75rem; border-radius: 0.375rem; margin: 0.85rem 0; }
.key { display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.5rem; border-radius: 2px; }
.scroll { overflow-x: auto; margin: 0.6rem -1.25rem 0; padding: 0 1.25rem; }
.scroll:focus-visible { outline-offset: -3px; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
caption { text-align: left; padding: 0 0 0.35rem; }
th, td { padding: 0.45rem 1rem 0.45rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; color: var(--muted); font-size: 0.8125rem; font-weight: 500; white-space: nowrap; vertical-align: bottom; }
thead th a { display: inline-block; padding: 0.1rem 0; }
thead th[aria-sort] a { color: var(--text); font-weight: 650; text-decoration: none; }
tbody th { font-weight: 500; }
.number { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.number + :is(th, td):not(.number) { padding-left: 1.25rem; }
.name { min-width: 9rem; max-width: 22rem; overflow-wrap: anywhere; }
.task { overflow-wrap: anywhere; }
.entries { min-width: 58rem; } .projects { min-width: 34rem; } .days { min-width: 30rem; }
.short { white-space: nowrap; overflow-wrap: normal; }
code { font: 0.8125rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
.sub { display: block; color: var(--muted); font-size: 0.8125rem; font-weight: 400; }
details { margin-top: 1rem; }
td details { margin: 0; }
summary { width: fit-content; padding: 0.15rem 0; color: var(--link); cursor: pointer; }
td details[open] code { display: block; width: 16.5rem; white-space: normal; overflow-wrap: anywhere; }
.empty { padding: 0.75rem 0; color: var(--muted); }
pre { margin: 0.5rem 0 0; padding: 0.75rem 1rem; border-radius: 6px; background: var(--ground); white-space: pre-wrap; }
footer { margin-top: 1.5rem; color: var(--muted); font-size: 0.8125rem; }
button { padding: 0.35rem 0.9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--surface);
  color: var(--text); font: inherit; cursor: pointer; }
button:hover { border-color: var(--first); }
.sign-in { display: grid; align-content: center; max-width: 26rem; min-height: 90vh; min-height: 90svh; margin: 0 auto; padding: 1.5rem 1rem; }
.sign-in .card { padding: 1.75rem; }
.sign-in .brand { margin-bottom: 1.25rem; }
.sign-in label { display: block; font-weight: 600; }
.sign-in input { width: 100%; margin: 0.35rem 0 0.5rem; padding: 0.55rem 0.7rem; border: 1px solid var(--muted); border-radius: 6px;
  background: var(--ground); color: var(--text); font: inherit; }
.sign-in input[aria-invalid] { border-color: var(--error); }
.sign-in button { width: 100%; margin-top: 1rem; padding: 0.55rem; border-color: var(--first); background: var(--first); color: var(--on-first); font-weight: 600; }
.error { margin: 0 0 1rem; color: var(--error); }
@media (max-width: 60rem) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .grid-2 { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 30rem) { .tile, .card { padding: 0.9rem 1rem; } .tile .figure { font-size: 1.35rem; }
  .tiles, .grid-2 { gap: 0.75rem; } .grid-2, .card.wide { margin-top: 0.75rem; } .scroll { margin: 0.6rem -1rem 0; padding: 0 1rem; } }
@media (prefers-reduced-motion: no-preference) { a, button, .bar { transition: border-color 0.15s, background-color 0.15s, fill 0.15s; } }
@media (forced-colors: active) { .bar, .first { fill: CanvasText; } .second { fill: Highlight; } .track { fill: Canvas; stroke: GrayText; }
  .key { forced-color-adjust: none; } nav.choice a[aria-current] { border-color: Highlight; } }
`;

/** What a policy allows the style by. */
export function styleSource(): string {
  return `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
}
