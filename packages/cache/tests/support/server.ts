import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  CacheServer,
  createToken,
  DiskStore,
  Ledger,
  Metrics,
  parseTier,
  pullRequestShare,
  type Retention,
  type ServerLimits,
  type ServerOptions,
  Spool,
  surveyEntries,
  TieredCache,
  TokenGuard,
} from '@wheelhouse/cache/internal';

export const LIMITS: ServerLimits = {
  maxEntryBytes: 100_000_000,
  pace: { windowMs: 10_000, minBytes: 1 },
  headTimeoutMs: 10_000,
  transferTimeoutMs: 60_000,
  idleTimeoutMs: 10_000,
  maxConnections: 256,
};

export type TokenName = 'main' | 'pr1' | 'pr2' | 'reader' | 'admin';

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

export interface TestServer {
  readonly server: CacheServer;
  readonly url: string;
  readonly port: number;
  readonly data: string;
  readonly tokenFile: string;
  readonly tokens: Readonly<Record<TokenName, string>>;
  readonly store: DiskStore;
  readonly spool: Spool;
  /** What was logged so far. */
  readonly log: string[];
  /** The outcomes of requests for entries, in their order, from the log. */
  outcomes(): string[];
  request(method: string, hash: string, token?: string, init?: Init): Promise<Response>;
  put(hash: string, bytes: Uint8Array | string, token?: string, headers?: Record<string, string>): Promise<Response>;
  get(hash: string, token?: string): Promise<Response>;
}

export interface TestServerOptions {
  readonly directory: string;
  readonly limits?: Partial<ServerLimits>;
  readonly retention?: Partial<Retention>;
  readonly spoolBytes?: number;
  readonly options?: Partial<ServerOptions>;
}

const TIERS = { main: 'trusted', pr1: 'pr:1', pr2: 'pr:2', reader: 'read', admin: 'admin' } as const;

/** Starts a server with a store and tokens of its own in this process. */
export async function startServer(setting: TestServerOptions): Promise<TestServer> {
  const tokenFile = join(setting.directory, 'tokens.yml');
  const tokens = {} as Record<TokenName, string>;
  for (const [name, tier] of Object.entries(TIERS)) {
    const request = { name, tier: parseTier(tier)!, workspace: 'default' };
    tokens[name as TokenName] = await createToken(tokenFile, request, new Date());
  }
  const data = join(setting.directory, 'data');
  const metrics = new Metrics();
  const store = new DiskStore({
    directory: data,
    retention: { quotaBytes: 1e9, shares: [pullRequestShare(1e9)], maxAgeMs: 1e12, ...setting.retention },
    now: Date.now,
    onCollection: (collection) => {
      metrics.countCollection(collection);
    },
  });
  const spool = new Spool({ directory: store.layout.temporary, capacityBytes: setting.spoolBytes ?? 1e9 });
  const guard = new TokenGuard(tokenFile, Date.now);
  const log: string[] = [];
  const ledger = await Ledger.open({
    directory: join(data, 'ledger'),
    now: Date.now,
    onFault: (error) => log.push(JSON.stringify({ msg: 'the ledger cannot be written', error: String(error) })),
  });
  const server = await CacheServer.start(
    {
      cache: new TieredCache(store, Date.now),
      spool,
      // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
      identify: async (token) => guard.identify(token),
      problems: () => Promise.resolve([]),
      limits: { ...LIMITS, ...setting.limits },
      metrics,
      ledger,
      survey: () => surveyEntries(store.layout),
      logLevel: 'debug',
      log: { write: (line) => log.push(line) },
      ...setting.options,
    },
    { host: '127.0.0.1', port: 0 },
  );
  const { url } = server;
  const request: TestServer['request'] = (method, hash, token, init) =>
    fetch(`${url}/v1/cache/${hash}`, {
      method,
      ...init,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init?.headers },
    });
  return {
    server,
    url,
    port: Number(new URL(url).port),
    data,
    tokenFile,
    tokens,
    store,
    spool,
    log,
    outcomes: () =>
      log
        .map((line) => JSON.parse(line) as { msg: string; method: string; outcome: string })
        .filter(({ msg }) => msg === 'request')
        .map(({ method, outcome }) => `${method} ${outcome}`),
    request,
    put: (hash, bytes, token = tokens.main, headers = {}) =>
      request('PUT', hash, token, {
        body: typeof bytes === 'string' ? bytes : Buffer.from(bytes),
        headers: { 'content-type': 'application/octet-stream', ...headers },
      }),
    get: (hash, token = tokens.main) => request('GET', hash, token),
  };
}

/** A connection on which a test says what it likes. */
export interface RawConnection {
  readonly socket: Socket;
  send(text: string | Uint8Array): void;
  /** All that was answered, once the other side has closed. */
  readonly closed: Promise<string>;
  /** Resolves when what was answered so far matches. */
  answered(pattern: RegExp): Promise<string>;
}

export function rawConnection(port: number): RawConnection {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const waiting = new Set<() => void>();
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
    for (const look of waiting) look();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => {
      resolve(text);
    });
  });
  return {
    socket,
    send: (piece) => socket.write(piece),
    closed,
    answered: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(text)) return;
          waiting.delete(look);
          resolve(text);
        };
        waiting.add(look);
        look();
        void closed.then(() => {
          reject(new Error(`closed after: ${text}`));
        });
      }),
  };
}

/** The head of a request, with what stands in `lines` beside the host. */
export function head(method: string, path: string, lines: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'host: cache', ...lines, '', ''].join('\r\n');
}
