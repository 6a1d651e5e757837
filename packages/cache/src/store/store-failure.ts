/**
 * Why a store could not do what it was asked for:
 *
 * - `gone`: the body does not exist, or no longer, since a store may evict it at any time;
 * - `damaged`: the body is there, with other bytes than those of its digest, and counts as missing from now on;
 * - `room`: there is no room for it, by the quota or on the disk;
 * - `read-only`: it is only read;
 * - `short`, `long`: the body ended before, or went on after, the length that was declared for it.
 */
export type StoreFailureReason = 'gone' | 'damaged' | 'room' | 'read-only' | 'short' | 'long';

/** A failure that a store's user deals with. Any other error of a store is a fault of the machine, or a bug. */
export class StoreFailure extends Error {
  constructor(
    readonly reason: StoreFailureReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StoreFailure';
  }
}
