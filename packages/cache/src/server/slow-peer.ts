import type { Socket } from 'node:net';

/** How slow the other side may be. */
export interface Pace {
  /** Milliseconds after which it is looked how much came or went. */
  readonly windowMs: number;
  /** Bytes that must have come or gone within one of these. */
  readonly minBytes: number;
}

/**
 * Ends the connection of a peer that takes or gives a body too slowly: a time-out of idle connections lets pass who
 * sends a byte now and then.
 *
 * @returns what ends the watching
 */
export function watchPace(socket: Socket, { windowMs, minBytes }: Pace): () => void {
  let before = socket.bytesRead + socket.bytesWritten;
  const timer = setInterval(() => {
    const now = socket.bytesRead + socket.bytesWritten;
    if (now - before < minBytes) socket.destroy();
    before = now;
  }, windowMs);
  return () => {
    clearInterval(timer);
  };
}

/** Reads the rest of an unwanted body, and closes the connection after that many bytes. */
export function drain(body: NodeJS.ReadableStream & { readonly socket: Socket }, limitBytes: number): void {
  let bytes = 0;
  body.on('data', (piece: Uint8Array) => {
    bytes += piece.byteLength;
    if (bytes > limitBytes) body.socket.destroy();
  });
  body.on('error', () => undefined);
  body.resume();
}
