/**
 * What kept the shared cache from being used:
 *
 * - `unreachable`: there is no connection, or no answer in time;
 * - `unauthorized`: it does not accept the token;
 * - `server`: it says that it is at fault itself;
 * - `full`: it has no room;
 * - `cut`: a body ended early or stood still;
 * - `damaged`: a body is not what it should be.
 */
export type FaultReason = 'unreachable' | 'unauthorized' | 'server' | 'full' | 'cut' | 'damaged';

/** A fault of the shared cache. It is never one of the run that it befalls. */
export interface Fault {
  readonly reason: FaultReason;
  /** What happened, to stand after "the shared cache ", without a full stop. */
  readonly words: string;
  /** Milliseconds until which the shared cache asks not to be asked again. */
  readonly retryAfterMs?: number;
}

/** Whether the fault is one that the next request would meet too. */
export function isOutage({ reason }: Fault): boolean {
  return reason === 'unreachable' || reason === 'unauthorized';
}
