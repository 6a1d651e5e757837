import { markup, type Html } from './html.js';

/** One column of a chart. */
export interface Column {
  /** Its height, from 0 to 1; `undefined` if there is nothing to show. */
  readonly part: number | undefined;
  /** The tooltip. */
  readonly label: string;
}

/** What a chart of columns is made of. */
export interface ColumnChart {
  readonly columns: readonly Column[];
  /** A description of the chart for screen readers. */
  readonly summary: string;
  /** The labels of the scale from its top to its bottom, evenly apart. */
  readonly scale: readonly string[];
  /** The labels below, evenly apart, the first and the last at the edges. */
  readonly axis: readonly string[];
  /** Whether a column stands before a pale one of the full height, so that nothing of something can be seen. */
  readonly isPart: boolean;
}

/** Units of a column's place and of what of it is drawn; the drawing is stretched to the room there is. */
const STEP = 10;
const WIDTH = 7.5;
const HEIGHT = 100;

/** A drawing without labels, which are around it as text: so they keep their size regardless of the width. */
export function columnChart({ columns, summary, scale, axis, isPart }: ColumnChart): Html {
  const width = columns.length * STEP;
  const lines = scale.map((_, index) => {
    const y = (index * HEIGHT) / (scale.length - 1);
    return markup`<line class="grid" x1="0" x2="${width}" y1="${y}" y2="${y}" />`;
  });
  const bars = columns.map(({ part, label }, index) => {
    if (part === undefined) return '';
    const x = index * STEP + (STEP - WIDTH) / 2;
    const height = part === 0 ? 0 : Math.max(part * HEIGHT, 1);
    const track = isPart ? markup`<rect class="track" x="${x}" y="0" width="${WIDTH}" height="${HEIGHT}" />` : '';
    const bar = markup`<rect class="bar" x="${x}" y="${HEIGHT - height}" width="${WIDTH}" height="${height}" />`;
    return markup`<g><title>${label}</title>${track}${bar}</g>`;
  });
  return markup`<div class="chart">
<div class="scale" aria-hidden="true">${scale.map((label) => markup`<span>${label}</span>`)}</div>
<svg role="img" aria-label="${summary}" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none">${lines}${bars}</svg>
<div class="axis" aria-hidden="true">${axis.map((label) => markup`<span>${label}</span>`)}</div>
</div>`;
}

/** Parts of a whole in one line, for the eye alone; the figures stand beside it. */
export function shareBar(parts: readonly { readonly part: number; readonly kind: 'first' | 'second' }[]): Html {
  let x = 0;
  const rects = parts.map(({ part, kind }) => {
    const rect = markup`<rect class="${kind}" x="${round(x * 100)}%" y="0" width="${round(part * 100)}%" height="100%" />`;
    x += part;
    return rect;
  });
  return markup`<svg class="share" aria-hidden="true"><rect class="track" width="100%" height="100%" />${rects}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const NICE_MS = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 28_800, 43_200, 86_400,
].map((seconds) => seconds * 1000);

/** The round duration, at least `ms`, that a scale goes up to; half of it is round too. */
export function niceSpan(ms: number): number {
  const nice = NICE_MS.find((each) => each >= ms);
  if (nice !== undefined) return nice;
  const day = 86_400_000;
  return Math.ceil(ms / day / 2) * 2 * day;
}
