import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** How a shared cache is out of order. */
export type Fault =
  | 'none'
  | 'frozen'
  | 'frozen body'
  | 'cut'
  | 'damaged'
  | 'other digest'
  | 'full'
  | 'fault header'
  | 401
  | 403
  | 500
  | 502;

export const FAULTS: readonly Exclude<Fault, 'none'>[] = [
  'frozen',
  'frozen body',
  'cut',
  'damaged',
  'other digest',
  'full',
  'fault header',
  401,
  403,
  500,
  502,
];

/** A shared cache that can be put out of order at any moment, on loopback. */
export interface FaultyUpstream {
  readonly url: string;
  fault: Fault;
  /** Whether uploads are answered 403, as by a token that may not write. */
  readOnly: boolean;
  readonly entries: Map<string, Buffer>;
  /** `GET <hash>` and so on, in the order of their heads. */
  readonly asked: string[];
  /** The headers of the last request. */
  lastHeaders: IncomingMessage['headers'];
  /** Bodies of `POST /v1/runs`. */
  readonly reports: unknown[];
  close(): Promise<void>;
}

export async function startFaultyUpstream(port = 0): Promise<FaultyUpstream> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    void answer(upstream, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const upstream: FaultyUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: 'none',
    readOnly: false,
    entries: new Map(),
    asked: [],
    lastHeaders: {},
    reports: [],
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return upstream;
}

async function answer(upstream: FaultyUpstream, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request;
  const hash = url.slice(url.lastIndexOf('/') + 1);
  upstream.asked.push(`${method} ${hash}`);
  upstream.lastHeaders = request.headers;
  const { fault } = upstream;
  const say = (status: number, words: string, headers: Record<string, string> = {}): void => {
    request.resume();
    response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(words);
  };
  if (fault === 'frozen') return;
  if (fault === 'full') {
    say(method === 'PUT' ? 507 : 404, 'no space left');
    return;
  }
  if (fault === 'fault header') {
    say(method === 'PUT' ? 403 : 404, 'the disk is broken', { 'wheelhouse-fault': 'store' });
    return;
  }
  if (typeof fault === 'number') {
    say(fault, `it is ${fault}`);
    return;
  }
  if (method === 'POST') {
    let text = '';
    for await (const piece of request) text += String(piece);
    upstream.reports.push(JSON.parse(text));
    response.writeHead(204).end();
    return;
  }
  if (method === 'PUT') {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    if (fault !== 'none') {
      response.destroy();
    } else if (upstream.readOnly) {
      say(403, 'this token reads');
    } else if (upstream.entries.has(hash)) {
      say(409, 'there is one');
    } else {
      upstream.entries.set(hash, Buffer.concat(pieces));
      say(200, 'stored');
    }
    return;
  }
  const body = upstream.entries.get(hash) ?? (fault === 'none' ? undefined : Buffer.alloc(100_000, 1));
  if (body === undefined) {
    say(404, 'there is none');
    return;
  }
  const digest = fault === 'other digest' ? { 'repr-digest': `sha-256=:${'A'.repeat(43)}=:` } : {};
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length, ...digest });
  if (fault === 'none' || fault === 'other digest') response.end(body);
  else if (fault === 'damaged') response.end(body.fill(7, body.length >> 1));
  else {
    response.write(body.subarray(0, body.length >> 1), () => {
      if (fault === 'cut') response.destroy();
    });
  }
}
