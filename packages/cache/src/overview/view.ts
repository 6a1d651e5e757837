import { PERIODS, type Period } from './report.js';

/** The orders of the table of projects. */
export const PROJECT_ORDERS = ['saved', 'hits', 'entries', 'size', 'name'] as const;
/** The orders of the table of entries. */
export const ENTRY_ORDERS = ['latest', 'slowest', 'largest'] as const;

/** What a user looks at, as the URL of the page says. */
export interface View {
  readonly days: Period;
  /** `undefined` for the own one. */
  readonly workspace: string | undefined;
  readonly projects: (typeof PROJECT_ORDERS)[number];
  readonly entries: (typeof ENTRY_ORDERS)[number];
}

export const FIRST_VIEW: View = { days: 30, workspace: undefined, projects: 'saved', entries: 'latest' };

/** Reads the query of a URL. @returns a message for the user if it is invalid */
export function parseView(query: Readonly<Record<string, unknown>>): View | string {
  const wrong: string[] = [];
  const choose = <T extends string | number>(name: keyof View, choices: readonly T[], unless: T): T => {
    const given = query[name];
    if (given === undefined) return unless;
    const chosen = choices.find((choice) => String(choice) === given);
    if (chosen === undefined)
      wrong.push(`\`${name}\` must be one of ${choices.map((each) => `\`${each}\``).join(', ')}.`);
    return chosen ?? unless;
  };
  const { workspace } = query;
  if (workspace !== undefined && typeof workspace !== 'string') wrong.push('`workspace` must be one name.');
  const view: View = {
    days: choose('days', PERIODS, FIRST_VIEW.days),
    workspace: typeof workspace === 'string' ? workspace : undefined,
    projects: choose('projects', PROJECT_ORDERS, FIRST_VIEW.projects),
    entries: choose('entries', ENTRY_ORDERS, FIRST_VIEW.entries),
  };
  return wrong.length === 0 ? view : wrong.join(' ');
}

/** The address of a view, without what holds unless it is said. @param section where on the page it begins */
export function hrefOf(view: View, section = ''): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(view) as [keyof View, View[keyof View]][]) {
    if (value !== undefined && value !== FIRST_VIEW[name]) query.set(name, String(value));
  }
  return `${query.size === 0 ? '/' : `/?${query.toString()}`}${section}`;
}
