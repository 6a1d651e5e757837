/** What is measured of each contender: the cases. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace.mjs';
import { changedFile, packageOf } from './bench-workspaces.mjs';
import { takeTurns, time } from './turns.mjs';

const ALL = ['cold', 'one line changed', 'nothing changed'];

/**
 * The cases of one list of contenders, measured.
 *
 * @param changed the project in which a line is changed
 * @param titles of the cases; `twenty projects affected` is a changed line, too
 * @returns for each case its group, its title and the times of the contenders that take part
 */
export function casesOf({ group, contenders, changed, place, turns, titles = ALL }) {
  const last = new Map();
  const change =
    ({ workspace }) =>
    (turn) => {
      last.set(workspace, `# turn ${turn}`);
      appendFileSync(join(workspace, changedFile(changed)), `# turn ${turn}\n`);
    };
  const check =
    ({ workspace, outputs }) =>
    () => {
      const member = `${packageOf(changed)}/models.py`;
      if (outputs().length === 0) return;
      const script = join(root, 'tools/bench/check_wheel.py');
      time(['python3', script, member, last.get(workspace) ?? '', ...outputs()], { cwd: workspace, env: place.env });
    };
  const nothing = () => () => undefined;
  const preparations = { cold: (contender) => () => contender.forget(), 'nothing changed': nothing };
  return titles.map((title) => ({
    group,
    title,
    rows: takeTurns(
      contenders
        .filter(({ only = titles }) => only.includes(title))
        .map((contender) => ({
          ...contender,
          before: (preparations[title] ?? change)(contender),
          run: () =>
            time(contender.command, { cwd: contender.cwd, env: title === 'cold' ? contender.coldEnv : contender.env }),
          check: check(contender),
        })),
      { turns, start: Date.now() },
    ),
  }));
}
