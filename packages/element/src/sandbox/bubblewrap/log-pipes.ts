import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A fifo that has no name any more, by a file descriptor that never reads from it. */
export type LogPipe = number;

/** Both ends of a fifo. */
export interface OpenLog {
  readonly reader: Socket;
  /** A file descriptor. */
  readonly writer: number;
}

/**
 * Fifos that take the output of commands. The pipes that Node makes are sockets, and a command that opens its `/dev/stdout`
 * by name cannot open a socket. Node cannot make a fifo either, and starting a program that does takes time, so they are
 * used again.
 */
export class LogPipes {
  private readonly idle: LogPipe[] = [];

  /** @param program absolute path of mkfifo(1), looked for when it is first needed */
  constructor(private readonly program: () => string) {}

  /** @param scratch absolute path of a directory in which a new one is made */
  async take(scratch: string): Promise<LogPipe> {
    const known = this.idle.pop();
    if (known !== undefined) return known;
    const path = join(scratch, 'log');
    await promisify(execFile)(this.program(), ['-m', '600', path]);
    // Without O_NONBLOCK it would wait for a writer.
    const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    unlinkSync(path);
    return pipe;
  }

  /** Gives one back that was read to its end. */
  giveBack(pipe: LogPipe): void {
    this.idle.push(pipe);
  }

  /** Gives one up in which something may be left. */
  discard(pipe: LogPipe): void {
    closeSync(pipe);
  }
}

/** Opens both ends; the reader ends when nothing has the other end open. */
export function openLog(pipe: LogPipe): OpenLog {
  const path = `/proc/self/fd/${pipe}`;
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer: openSync(path, 'w') };
}
