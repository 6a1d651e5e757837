import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * The process at the other end of a connection on loopback, on Linux: where Nx has a daemon its hooks run in that, and
 * only by its requests is it known which process runs the tasks.
 *
 * @param port the other end's port
 * @returns `undefined` if it is not found
 */
export async function peerProcess(port: number): Promise<number | undefined> {
  try {
    const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const row = (await readFile('/proc/net/tcp', 'utf8'))
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(([, address]) => address === local);
    const inode = row?.[9];
    if (inode === undefined || inode === '0') return undefined;
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      if (await holds(pid, `socket:[${inode}]`)) return Number(pid);
    }
  } catch {
    // Another system.
  }
  return undefined;
}

async function holds(pid: string, target: string): Promise<boolean> {
  try {
    for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
      if ((await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')) === target) return true;
    }
  } catch {
    // It belongs to another user, or has ended.
  }
  return false;
}
