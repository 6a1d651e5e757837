import { countText } from './format.js';
import { markup, type Html } from './html.js';
import { hrefOf, type View } from './view.js';

/** Room for a table that may be wider than the screen: scrolled by itself, with the keyboard too. */
export function tableFrame(name: string, table: Html): Html {
  return markup`<div class="scroll" role="group" aria-label="${name}" tabindex="0">${table}</div>`;
}

/** A count and what is counted. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** The head of a column that the table can be ordered by, as a link. */
export interface SortHead {
  readonly label: string;
  readonly isNumber: boolean;
  readonly direction: 'ascending' | 'descending';
  /** What the link leads to. */
  readonly view: View;
  /** Whether that is what is shown. */
  readonly isCurrent: boolean;
  /** Where on the page the table is. */
  readonly section: string;
}

export function sortHead({ label, isNumber, direction, view, isCurrent, section }: SortHead): Html {
  const link = markup`<a href="${hrefOf(view, section)}">${label}</a>`;
  const arrow = markup`<span aria-hidden="true"> ${direction === 'ascending' ? '↑' : '↓'}</span>`;
  const kind = isNumber ? 'number' : '';
  return isCurrent
    ? markup`<th scope="col" class="${kind}" aria-sort="${direction}">${link}${arrow}</th>`
    : markup`<th scope="col" class="${kind}">${link}</th>`;
}
