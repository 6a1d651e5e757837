import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../base/errno.js';
import type { Alternative, ChosenLink } from './package-database.js';

/** Where the links that are chosen lead through. */
const CHOSEN = '/etc/alternatives';

/**
 * The database of update-alternatives(1). Of what may be chosen, what a user has chosen comes first, then what has the
 * highest priority.
 *
 * @param root the directory that stands for `/`
 */
export function readDpkgAlternatives(root: string): Alternative[] {
  const directory = join(root, '/var/lib/dpkg/alternatives');
  return namesIn(directory).map((name) => {
    const group = parseAlternatives(name, readFileSync(join(directory, name), 'utf8'));
    const chosen = group.isManual ? linkTarget(join(root, CHOSEN, name)) : undefined;
    const isChosen = ({ links }: Choice): number => (links[0]?.target === chosen ? 0 : 1);
    return [...group.choices]
      .sort((a, b) => isChosen(a) - isChosen(b) || b.priority - a.priority)
      .map(({ links }) => links);
  });
}

interface Choice {
  readonly priority: number;
  /** The master link first. */
  readonly links: readonly ChosenLink[];
}

/**
 * A file of the database: `auto` or `manual`, the master's link, the name and the link of each slave, an empty line; then
 * for each choice its path, its priority and the path of each slave, which is empty where the choice has none.
 */
function parseAlternatives(
  name: string,
  text: string,
): { readonly isManual: boolean; readonly choices: readonly Choice[] } {
  const lines = text.split('\n');
  const [mode, link = ''] = lines;
  const names = [{ name, link }];
  let at = 2;
  for (; at < lines.length && lines[at] !== ''; at += 2) {
    names.push({ name: lines[at] ?? '', link: lines[at + 1] ?? '' });
  }
  const choices: Choice[] = [];
  for (at += 1; at < lines.length && lines[at] !== ''; at += names.length + 1) {
    const targets = [lines[at] ?? '', ...lines.slice(at + 2, at + 1 + names.length)];
    choices.push({
      priority: Number(lines[at + 1]),
      links: names.flatMap((each, index) => {
        const target = targets[index] ?? '';
        return target === '' ? [] : [{ path: each.link, via: `${CHOSEN}/${each.name}`, target }];
      }),
    });
  }
  return { isManual: mode === 'manual', choices };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EINVAL') return undefined;
    throw error;
  }
}
