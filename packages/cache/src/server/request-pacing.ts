import type { Server } from 'node:net';

/** How long, in milliseconds, requests wait for connections that have not been accepted yet. */
const ACCEPT_MS = 20;

/**
 * Paces requests by the iterations of the event loop. Each iteration accepts one connection, reads what has arrived on
 * the others, and then runs what waits for its end. This matters when many clients connect at once:
 *
 * - The last of N simultaneous connections is accepted only after N iterations, each of which would handle the requests of
 *   all earlier ones. So requests wait until no more connections arrive.
 * - Each write wakes the client that waits for it, which then takes the processor; between two requests that would take
 *   longer than the answer itself. So answers wait for the end of an iteration and are written in a row.
 */
export class RequestPacing {
  private end: Promise<void> | undefined;
  private hasAccepted = false;
  private accepting: Promise<void> | undefined;

  constructor(server: Server) {
    server.on('connection', () => {
      this.hasAccepted = true;
      this.accepting ??= new Promise((resolve) => {
        this.acceptAll(performance.now() + ACCEPT_MS, resolve);
      });
    });
  }

  /** Resolves when an iteration has accepted no connection. */
  async connectionsAccepted(): Promise<void> {
    await this.accepting;
  }

  /** Resolves at the end of the current iteration, when everything that had arrived has been read. */
  async iterationEnd(): Promise<void> {
    this.end ??= new Promise((resolve) => {
      setImmediate(() => {
        this.end = undefined;
        resolve();
      });
    });
    await this.end;
  }

  private acceptAll(untilMs: number, done: () => void): void {
    setImmediate(() => {
      if (this.hasAccepted && performance.now() < untilMs) {
        this.hasAccepted = false;
        this.acceptAll(untilMs, done);
      } else {
        this.accepting = undefined;
        done();
      }
    });
  }
}
