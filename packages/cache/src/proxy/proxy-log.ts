import { appendFileSync, renameSync, statSync } from 'node:fs';

const LIMIT = 5 * 1024 * 1024;

/**
 * A file of lines of JSON, and the one before it. Lines that cannot be written are lost: logging never delays a
 * request.
 */
export class ProxyLog {
  private bytes: number;

  /** @param path absolute; its directory is there */
  constructor(
    private readonly path: string,
    private readonly now: () => number,
  ) {
    this.bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(msg: string, facts: Readonly<Record<string, unknown>> = {}): void {
    const line = `${JSON.stringify({ time: new Date(this.now()).toISOString(), msg, ...facts })}\n`;
    try {
      if (this.bytes > LIMIT) {
        renameSync(this.path, `${this.path}.1`);
        this.bytes = 0;
      }
      appendFileSync(this.path, line, { mode: 0o600 });
      this.bytes += line.length;
    } catch {
      this.bytes = 0;
    }
  }
}
