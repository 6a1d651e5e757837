import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

let count = 0;

/** A number of seconds that no other process of this machine sleeps for. @param about such as `0.7` */
export function uniqueSeconds(about: string): string {
  count += 1;
  return `${about}${String(process.pid).padStart(7, '0')}${count}`;
}

/** How many processes, in whatever sandbox, sleep for so many seconds. */
export function sleepers(seconds: string): number {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid) === `sleep\0${seconds}\0`).length;
}

/** The most that slept at once while `work` was done. */
export async function mostSleepers(seconds: string, work: Promise<unknown>): Promise<number> {
  let most = 0;
  const ended = work.then(() => 'ended' as const);
  do {
    most = Math.max(most, sleepers(seconds));
  } while ((await Promise.race([sleep(20), ended])) !== 'ended');
  return most;
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended since it was listed.
    return '';
  }
}
