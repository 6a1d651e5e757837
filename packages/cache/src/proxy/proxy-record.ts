import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** How a proxy that runs is found and asked: what it writes into a file that only its owner may read. */
export interface ProxyRecord {
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The token it requires, so that it serves no other user of this machine. */
  readonly secret: string;
  readonly pid: number;
}

/** The directory of proxies, their logs, the local tier and what waits to be uploaded. Absolute. */
export function proxyDirectory(
  environment: NodeJS.ProcessEnv,
  directory: string | undefined,
  workspace: string,
): string {
  if (directory !== undefined) return resolve(workspace, directory);
  const { WHEELHOUSE_CACHE_DIR: own, XDG_CACHE_HOME: cache } = environment;
  // An empty variable counts as one that is not set.
  const root =
    own !== undefined && own !== ''
      ? resolve(own)
      : join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'wheelhouse');
  return join(root, 'nx-cache');
}

/** The file of the proxy with that key. */
export function recordPath(directory: string, key: string): string {
  return join(directory, 'proxies', `${key}.json`);
}

/** @returns `undefined` if there is none, or none that can be read */
export function readRecord(path: string): ProxyRecord | undefined {
  try {
    const { url, secret, pid } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProxyRecord>;
    if (typeof url !== 'string' || typeof secret !== 'string' || typeof pid !== 'number') return undefined;
    return /^http:\/\/127\.0\.0\.1:\d+$/.test(url) ? { url, secret, pid } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts a record where others find it.
 *
 * @param replace whether one that is there is replaced
 * @returns whether it is this one that is there now
 */
export function writeRecord(path: string, record: ProxyRecord, replace: boolean): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${record.pid}`;
  writeFileSync(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  try {
    if (replace) renameSync(temporary, path);
    else linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Removes the record of a proxy that ends, unless another one has taken its place. */
export function removeRecord(path: string, { secret }: ProxyRecord): void {
  if (readRecord(path)?.secret === secret) rmSync(path, { force: true });
}
