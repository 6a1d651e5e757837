import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to a request: passed on; answered with a status and a code of S3's; broken off; never answered; passed
 * on with its answer lost; passed on with the first byte changed; or its answer broken off after so many bytes.
 */
export type Fault =
  | 'pass'
  | 'reset'
  | 'freeze'
  | 'lose'
  | 'damage'
  | { readonly status: number; readonly code: string }
  | { readonly cutAfter: number };

export interface FaultyProxy {
  readonly url: string;
  /** The requests so far, such as `PUT /bucket/key`. */
  readonly requests: string[];
  /** Decides on each request; passes all on until it is set. */
  fault: (line: string, headers: IncomingMessage['headers']) => Fault;
  close(): Promise<void>;
}

/** A proxy on loopback in front of a server, which is told by a test what to do wrong. */
export async function faultyProxy(port: number): Promise<FaultyProxy> {
  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method ?? ''} ${(incoming.url ?? '').split('?')[0] ?? ''}`;
    proxy.requests.push(line);
    outgoing.on('error', () => undefined);
    answer(proxy.fault(line, incoming.headers), { incoming, outgoing, port });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    fault: () => 'pass',
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

interface Passing {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly port: number;
}

function answer(fault: Fault, passing: Passing): void {
  const { incoming, outgoing } = passing;
  if (fault === 'freeze') return;
  if (fault === 'reset') {
    incoming.socket.destroy();
  } else if (typeof fault === 'object' && 'status' in fault) {
    incoming.resume();
    outgoing.writeHead(fault.status, { 'content-type': 'application/xml' });
    outgoing.end(`<Error><Code>${fault.code}</Code><Message>by the test</Message></Error>`);
  } else {
    pass(fault, passing);
  }
}

function pass(fault: 'pass' | 'lose' | 'damage' | { readonly cutAfter: number }, passing: Passing): void {
  const { incoming, outgoing, port } = passing;
  const { method, url: path, headers } = incoming;
  // The address the client signed for stays in the head.
  const upstream = send({ host: '127.0.0.1', port, method, path, headers }, (response) => {
    if (fault === 'lose') {
      response.resume().once('end', () => incoming.socket.destroy());
      return;
    }
    outgoing.writeHead(response.statusCode ?? 0, response.headers);
    if (typeof fault !== 'object') {
      response.pipe(outgoing);
      return;
    }
    let left = fault.cutAfter;
    response.on('data', (piece: Buffer) => {
      if (left <= 0) return;
      outgoing.write(piece.subarray(0, left), () => {
        if (left <= 0) incoming.socket.destroy();
      });
      left -= piece.byteLength;
    });
  });
  upstream.on('error', () => incoming.socket.destroy());
  let first = true;
  incoming.on('data', (piece: Buffer) => {
    if (first && fault === 'damage') piece[0] = (piece[0] ?? 0) ^ 1;
    first = false;
    if (!upstream.write(piece)) {
      incoming.pause();
      upstream.once('drain', () => incoming.resume());
    }
  });
  incoming.once('end', () => upstream.end());
  incoming.once('error', () => upstream.destroy());
}
