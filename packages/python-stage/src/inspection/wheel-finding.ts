/** Something in a wheel that is not as it should be. */
export interface WheelFinding {
  /** An error keeps a wheel from being installed as it is meant to be; a warning is most likely an accident. */
  readonly severity: 'error' | 'warning';
  /** The wheel's file name. */
  readonly file: string;
  /** The member it is about, with the line where it has lines: `app-1.0.dist-info/RECORD:3`. */
  readonly place?: string;
  readonly message: string;
  readonly hint?: string;
}

/** A finding on one line, without its hint. */
export function formatFinding({ file, place, message }: WheelFinding): string {
  return `${file}: ${place === undefined ? '' : `${place}: `}${message}`;
}
