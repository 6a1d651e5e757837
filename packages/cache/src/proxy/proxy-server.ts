import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { types } from 'node:util';
import type { Engine } from './engine.js';
import type { ProxyLog } from './proxy-log.js';
import { type Run, Runs } from './run.js';

/** What a {@link ProxyServer} is made with. */
export interface ProxyServerOptions {
  /** What clients must present. */
  readonly secret: string;
  /** Loaded behind the first request's back. */
  readonly engine: () => Promise<Engine>;
  /** What the warning of a run calls the shared cache. */
  readonly address: string;
  readonly log: ProxyLog;
  /** Called when a client asks the proxy to end. */
  readonly onStop: () => void;
}

const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
/**
 * Longer than Nx keeps a connection that it does not use: one that the proxy closes at the moment at which Nx uses it
 * again would end the run.
 */
const KEEP_ALIVE_MS = 3_600_000;

/**
 * The listening side of the proxy, on loopback. To Nx it only ever responds with 200 and 404. It uses Node's own
 * server, since a run waits until it listens.
 *
 *     POST /runs/{run}                  a run begins: its process and its commit
 *     GET|PUT /runs/{run}/v1/cache/{hash}
 *     POST /runs/{run}/end              its tasks; answered with the warning, once uploads are there or it was long enough
 *     GET /status    POST /stop
 */
export class ProxyServer {
  readonly runs: Runs;
  /** When it was last asked for anything. */
  usedMs: number = Date.now();
  private readonly server: Server;
  private readonly expected: Buffer;

  get secret(): string {
    return this.options.secret;
  }

  constructor(private readonly options: ProxyServerOptions) {
    this.expected = Buffer.from(`Bearer ${options.secret}`);
    this.runs = new Runs(Date.now, isAlive);
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
      void this.answer(request, response);
    });
  }

  /** @returns where it listens, such as `http://127.0.0.1:40123` */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.usedMs = Date.now();
    response.on('error', () => undefined);
    try {
      await this.route(request, response);
    } catch (error) {
      this.options.log.write('a request failed', { method: request.method, error: stackOf(error) });
      if (response.headersSent) response.destroy();
      // A fault of the proxy itself is a miss, too, and an upload that is lost.
      else await finish(request, response, request.method === 'GET' ? 404 : 200);
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '' } = request;
    if (!this.isAllowed(request)) {
      await finish(request, response, 401, 'This proxy belongs to another user or another run.');
      return;
    }
    const [, id, action] = /^\/runs\/([\w-]{1,128})(\/.*)?$/.exec(url) ?? [];
    const [, hash] = /^\/v1\/cache\/([A-Za-z0-9_-]{1,128})$/.exec(action ?? '') ?? [];
    if (id !== undefined && hash !== undefined && method === 'GET') {
      await this.get(request, response, { hash, run: this.runs.get(id) });
    } else if (id !== undefined && hash !== undefined && method === 'PUT') {
      await this.put(request, response, { hash, run: this.runs.get(id) });
    } else if (id !== undefined && method === 'POST' && action === undefined) {
      const { pid, commit } = await json(request);
      const run = this.runs.get(id);
      if (typeof pid === 'number') run.pid = pid;
      if (typeof commit === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) run.commit = commit;
      sendJson(response, {});
    } else if (id !== undefined && method === 'POST' && action === '/end') {
      sendJson(response, await this.end(this.runs.get(id), await json(request)));
    } else if (method === 'GET' && url === '/status') {
      sendJson(response, await this.status());
    } else if (method === 'POST' && url === '/stop') {
      sendJson(response, {});
      this.options.onStop();
    } else {
      await finish(request, response, 404);
    }
  }

  private async get(
    request: IncomingMessage,
    response: ServerResponse,
    { hash, run }: { readonly hash: string; readonly run: Run },
  ): Promise<void> {
    const since = performance.now();
    void this.learnProcess(run, request);
    const engine = await this.options.engine();
    const entry = await engine.gateway.find(hash, run);
    const ms = Math.round(performance.now() - since);
    this.options.log.write('GET', { hash, outcome: entry?.from ?? 'miss', ms });
    if (entry === undefined) {
      await finish(request, response, 404);
      return;
    }
    try {
      const body = await entry.open();
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': entry.digest.sizeBytes,
      });
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        if (response.destroyed) break;
        if (!response.write(piece)) await drained(response);
      }
      response.end();
    } finally {
      await entry.dispose();
    }
  }

  private async put(
    request: IncomingMessage,
    response: ServerResponse,
    { hash, run }: { readonly hash: string; readonly run: Run },
  ): Promise<void> {
    void this.learnProcess(run, request);
    const length = request.headers['content-length'];
    const sizeBytes = Number(length);
    let outcome = 'without a length';
    if (length !== undefined && Number.isSafeInteger(sizeBytes)) {
      const engine = await this.options.engine();
      const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
      outcome = await engine.gateway.accept(hash, run, { pieces, sizeBytes });
    }
    this.options.log.write('PUT', { hash, outcome, sizeBytes });
    await finish(request, response, 200);
  }

  private async end(run: Run, { tasks, waitMs }: Record<string, unknown>): Promise<object> {
    const engine = await this.options.engine();
    const reported = engine.report(run, Array.isArray(tasks) ? tasks.flatMap(taskOf) : []);
    // No more requests follow: this is the last request of the run.
    run.ended = true;
    await waited(
      reported,
      typeof waitMs === 'number' ? waitMs : 0,
      () => run.hasPending && engine.writes.fault !== undefined,
    );
    const warning = run.warning(this.options.address);
    return { ...(warning === undefined ? {} : { warning }), ...(run.pid === undefined ? {} : { pid: run.pid }) };
  }

  private async status(): Promise<object> {
    const { deliverer, reads, writes, readOnly } = await this.options.engine();
    return {
      pid: process.pid,
      upstream: this.options.address,
      activeRuns: this.runs.active,
      pendingUploads: deliverer.pending,
      readOnly: readOnly.isReadOnly,
      downloads: reads.fault?.words ?? 'ok',
      uploads: writes.fault?.words ?? 'ok',
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  private isAllowed({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers.authorization ?? '');
    return given.length === this.expected.length && timingSafeEqual(given, this.expected);
  }

  private async learnProcess(run: Run, { socket: { remotePort } }: IncomingMessage): Promise<void> {
    if (run.pid !== undefined || remotePort === undefined) return;
    const { peerProcess } = await import('./peer-process.js');
    run.pid ??= await peerProcess(remotePort);
  }
}

function taskOf(value: unknown): { hash: string; project: string; target: string; durationMs: number }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { hash, project, target, durationMs } = value as Record<string, unknown>;
  if (typeof hash !== 'string' || typeof project !== 'string' || typeof target !== 'string') return [];
  return typeof durationMs === 'number' && durationMs >= 0 ? [{ hash, project, target, durationMs }] : [];
}

/** Waits until `done`, or for so long, or until there is no use in waiting. */
async function waited(done: Promise<unknown>, ms: number, isInVain: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = Date.now() + ms;
    const finish = (): void => {
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(() => {
      if (Date.now() >= end || isInVain()) finish();
    }, 10);
    done.then(finish, finish);
  });
}

/** Answers once all that the other side sends has been read, so that it is there to hear it. */
async function finish(request: IncomingMessage, response: ServerResponse, status: number, words = ''): Promise<void> {
  if (!request.complete) {
    await new Promise<void>((resolve) => {
      request.once('end', resolve).once('close', resolve).once('error', resolve).resume();
    });
  }
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain' }).end(words);
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function json(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_REQUEST_BYTES) throw new Error(`a request has more than ${MAX_REQUEST_BYTES} bytes`);
    pieces.push(piece);
  }
  const value: unknown = bytes === 0 ? {} : JSON.parse(Buffer.concat(pieces).toString());
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function stackOf(error: unknown): string {
  return types.isNativeError(error) ? (error.stack ?? error.message) : String(error);
}
