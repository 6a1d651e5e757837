/**
 * Why two archives of the same sources are not the same bytes. `random` is what is left: a difference that none of the
 * others explains. `consequence` is a member that lists digests of members that differ.
 */
export type DifferenceReason =
  | 'missing'
  | 'order'
  | 'mode'
  | 'time'
  | 'header'
  | 'compression'
  | 'build-path'
  | 'timestamp'
  | 'sbom'
  | 'random'
  | 'consequence';

/** One way in which an archive differs from another. */
export interface Difference {
  /** The member; absent if it is the archive itself that differs. */
  readonly member?: string;
  readonly reason: DifferenceReason;
  /** What the one and the other hold, as a sentence for users. */
  readonly detail: string;
}

/** A difference on one line: `app/_native.so: build path: ...`. */
export function formatDifference({ member, reason, detail }: Difference): string {
  return `${member === undefined ? '' : `${member}: `}${LABELS[reason]}: ${detail}`;
}

const LABELS: Readonly<Record<DifferenceReason, string>> = {
  missing: 'missing',
  order: 'order',
  mode: 'mode',
  time: 'time',
  header: 'header',
  compression: 'compression',
  'build-path': 'build path',
  timestamp: 'timestamp',
  sbom: 'embedded SBOM',
  random: 'random',
  consequence: 'consequence',
};
