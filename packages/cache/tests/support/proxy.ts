import { setTimeout as sleep } from 'node:timers/promises';
import { Proxy, type ProxyOptions, type ProxyRecord } from '@wheelhouse/cache/internal';

/** A proxy in this process, and what Nx and its hooks ask it. */
export interface TestProxy {
  readonly proxy: Proxy;
  readonly record: ProxyRecord;
  get(hash: string, run?: string): Promise<Response>;
  /** The bytes of an entry; `undefined` for a miss. */
  bytes(hash: string, run?: string): Promise<Buffer | undefined>;
  put(hash: string, body: Uint8Array, run?: string): Promise<number>;
  /** Begins a run. */
  begin(run: string, facts?: object): Promise<void>;
  /** Ends a run. @returns its warning, if there is one */
  end(run?: string, body?: object): Promise<string | undefined>;
  status(): Promise<Record<string, unknown>>;
  /** Waits until nothing waits to be uploaded. */
  delivered(): Promise<void>;
}

export interface TestProxyOptions {
  /** Absolute path of what the proxy keeps. */
  readonly directory: string;
  readonly options?: ProxyOptions;
  readonly token?: string;
  readonly key?: string;
  readonly workspace?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export async function startProxy(setting: TestProxyOptions): Promise<TestProxy> {
  const { directory, options = {}, token, key = 'test', workspace = directory, environment = {} } = setting;
  const started = await Proxy.start(
    { key, options: { ...options, directory }, workspace, ...(token === undefined ? {} : { token }) },
    environment,
  );
  if ('problems' in started) throw new Error(started.problems.join('\n'));
  return { proxy: started.proxy, ...askingProxy(started.record) };
}

/** Asks a proxy, wherever it runs. */
export function askingProxy(record: ProxyRecord): Omit<TestProxy, 'proxy'> {
  const headers = { authorization: `Bearer ${record.secret}`, 'content-type': 'application/octet-stream' };
  const get = (hash: string, run = 'run'): Promise<Response> =>
    fetch(`${record.url}/runs/${run}/v1/cache/${hash}`, { headers });
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${record.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.status !== 200) throw new Error(`${path} is answered ${response.status}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const status = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`${record.url}/status`, { headers })).json()) as Record<string, unknown>;
  return {
    record,
    get,
    bytes: async (hash, run) => {
      const response = await get(hash, run);
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw new Error(`a GET is answered ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    put: async (hash, body, run = 'run') =>
      (
        await fetch(`${record.url}/runs/${run}/v1/cache/${hash}`, {
          method: 'PUT',
          headers,
          body: Buffer.from(body),
        })
      ).status,
    begin: async (run, facts = {}) => {
      await post(`/runs/${run}`, facts);
    },
    end: async (run = 'run', body = { tasks: [], waitMs: 2000 }) =>
      (await post(`/runs/${run}/end`, body)).warning as string | undefined,
    status,
    delivered: async () => {
      while ((await status()).pendingUploads !== 0) await sleep(10);
    },
  };
}
