/** Times of whole processes, taken in turns. */
import { spawnSync } from 'node:child_process';

/** Runs a program to its end. @returns its time in seconds, children included @throws if it fails */
export function time([program, ...args], { cwd, env }) {
  const start = process.hrtime.bigint();
  const result = spawnSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.status === 0) return seconds;
  const how = result.error?.message ?? result.status ?? result.signal;
  throw new Error(`${[program, ...args].join(' ')} failed (${how})\n${result.stdout}\n${result.stderr}`);
}

/**
 * Lets contenders take turns, so that all meet the same machine; a turn that is not counted comes first.
 *
 * @param contenders each `{ name, run(), before?(turn), check(turn) }`: `run` answers seconds, `check` throws if the
 *   output is not what the turn had to make
 * @param start how many turns were taken before in this workspace: no two are the same
 * @returns for each contender its name and the times of its turns
 */
export function takeTurns(contenders, { turns, start }) {
  const rows = contenders.map(({ name, isOurs, isFloor = false, isAside = false }) => {
    return { name, isOurs, isFloor, isAside, times: [] };
  });
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const [index, contender] of contenders.entries()) {
      contender.before?.(start + turn);
      const seconds = contender.run();
      contender.check(start + turn);
      if (turn > 0) rows[index].times.push(seconds);
    }
  }
  return rows;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
