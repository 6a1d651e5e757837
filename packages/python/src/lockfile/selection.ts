import type { Lock, LockEntry } from './lock.js';
import { evaluateMarker } from '../requirements/marker.js';
import type { MarkerEnvironment } from '../requirements/marker-environment.js';

/** The entries of a lock that apply in an environment, in the lock's order. */
export function select(lock: Pick<Lock, 'entries'>, environment: MarkerEnvironment): LockEntry[] {
  return lock.entries.filter((entry) => evaluateMarker(entry.marker, environment));
}
