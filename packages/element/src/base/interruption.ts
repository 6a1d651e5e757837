import { constants } from 'node:os';

/** The signals that end a build. */
const ENDING = ['SIGINT', 'SIGTERM'] as const;
type EndingSignal = (typeof ENDING)[number];

/** Why a build was ended from outside: the reason of the abort signal that {@link listenForInterruption} gives. */
export class Interruption extends Error {
  constructor(readonly signal: EndingSignal) {
    super(`interrupted by ${signal}`);
    this.name = 'Interruption';
  }

  /** What a shell says of a program that such a signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/** The part of a process that is listened to. */
export interface SignalledProcess {
  on(signal: EndingSignal, listener: () => void): unknown;
  off(signal: EndingSignal, listener: () => void): unknown;
  exit(code: number): void;
}

/** A build that can be ended. */
export interface Interruptible {
  readonly signal: AbortSignal;
  /** Ends the listening, unless it was interrupted: while the process ends, the same signal may still arrive again. */
  dispose(): void;
}

/**
 * For how many milliseconds a second signal counts as the first one. One press of Ctrl-C arrives twice if both the
 * terminal and a program between it and this one (`nx`, `npx`, `timeout`) send it to the group and to their child.
 */
const SAME_SIGNAL_MS = 500;

/** The first SIGINT or SIGTERM aborts, so that sandboxes end and locks are given back; a later one exits at once. */
export function listenForInterruption(process: SignalledProcess): Interruptible {
  const controller = new AbortController();
  let exitsFrom = Infinity;
  const listeners = ENDING.map((name) => {
    const listener = (): void => {
      const interruption = new Interruption(name);
      const now = performance.now();
      if (!controller.signal.aborted) {
        exitsFrom = now + SAME_SIGNAL_MS;
        controller.abort(interruption);
      } else if (now >= exitsFrom) {
        process.exit(interruption.exitCode);
      }
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    dispose: () => {
      if (controller.signal.aborted) return;
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
