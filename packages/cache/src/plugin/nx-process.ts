import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, sep } from 'node:path';

/**
 * The process of the run of Nx that began last in a workspace, on Linux: a hook in the daemon is not told which run it
 * is for.
 *
 * @param workspaceRoot absolute path, without links
 * @returns `undefined` if there is none, or on another system
 */
export function newestNxProcess(workspaceRoot: string): number | undefined {
  let newest: { readonly pid: number; readonly started: number } | undefined;
  for (const name of numbered('/proc')) {
    const started = startOfNx(name, workspaceRoot);
    if (started !== undefined && started >= (newest?.started ?? 0)) newest = { pid: Number(name), started };
  }
  return newest?.pid;
}

function numbered(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** When a process started, in ticks since the machine did; `undefined` if it is no run of Nx in that workspace. */
function startOfNx(pid: string, workspaceRoot: string): number | undefined {
  try {
    const [, program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // The daemon and the processes of plugins run other files.
    if (!['nx', 'nx.js'].includes(basename(program))) return undefined;
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    if (cwd !== workspaceRoot && !cwd.startsWith(`${workspaceRoot}${sep}`)) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; the 22nd field is the 20th after it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    // It has ended, or belongs to another user.
    return undefined;
  }
}
