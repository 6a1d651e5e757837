import type { Element } from '../plugin/element.js';

/** Why something was not started: nothing more is to be built, because an element has no artifact or for another reason. */
export class Stopped extends Error {
  override readonly name: string = 'Stopped';

  constructor(readonly element?: Element | undefined) {
    super('nothing more is built');
  }
}

/** @throws Stopped if a signal says that nothing more is to be started */
export function throwIfStopped(stopping: AbortSignal): void {
  const reason: unknown = stopping.reason;
  if (stopping.aborted) throw reason instanceof Stopped ? reason : new Stopped();
}
