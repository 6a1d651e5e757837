import type { Server } from 'node:net';

/** For so long, in milliseconds, requests that are there wait for connections that are still to be accepted. */
const ACCEPT_MS = 20;

/**
 * The rounds of the event loop, of which each accepts one connection, reads what has come on all the others, and then
 * does what waits for its end. Two things depend on them where many ask at once:
 *
 * - Of connections that come together the last one is accepted after as many rounds as there are, each of which would
 *   deal with the requests of all before it. So requests wait until no more connections come.
 * - Each write wakes whoever waits for it, who takes the processor: between any two requests that would take longer than
 *   the answer. So answers wait for the end of a round and are written in a row.
 */
export class Rounds {
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

  /** Resolves when a round has accepted no connection. */
  async accepted(): Promise<void> {
    await this.accepting;
  }

  /** Resolves when the round has dealt with all that had come when it began. */
  async over(): Promise<void> {
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
