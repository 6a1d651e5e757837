/** Where a program writes for users: a file, a pipe or a terminal. */
export interface ReporterOutput {
  write(text: string): unknown;
  /** Whether a user looks on. */
  readonly isTTY?: boolean | undefined;
  /** How many columns a terminal has. */
  readonly columns?: number | undefined;
  /** Writes lines that the next call replaces and `write` removes; absent if that cannot be done. */
  draw?(text: string): void;
}

/** The streams that `log-update` writes to. */
type Terminal = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** What `log-update` makes: it writes a text over the one before. */
interface Drawing {
  (text: string): void;
  clear(): void;
}

/** A terminal with lines at its end that are drawn again and again. */
export class TerminalOutput implements ReporterOutput {
  private update: Drawing | 'loading' | undefined;
  private drawn = false;

  constructor(private readonly stream: Terminal) {}

  get isTTY(): boolean {
    return this.stream.isTTY ?? false;
  }

  get columns(): number | undefined {
    return this.stream.columns;
  }

  readonly write = (text: string): void => {
    this.clear();
    this.stream.write(text);
  };

  /** The first calls draw nothing: what draws is loaded when something takes long, and not before. */
  readonly draw = (text: string): void => {
    if (text === '') {
      this.clear();
    } else if (this.update === undefined) {
      this.update = 'loading';
      void import('log-update').then(({ createLogUpdate }) => {
        // The cursor stays: a program that is ended from outside could not bring it back.
        this.update = createLogUpdate(this.stream, { showCursor: true });
      });
    } else if (this.update !== 'loading') {
      this.update(text);
      this.drawn = true;
    }
  };

  private clear(): void {
    if (!this.drawn || this.update === undefined || this.update === 'loading') return;
    this.update.clear();
    this.drawn = false;
  }
}

/** The output for a stream: only terminals that know their size can be drawn on. */
export function outputOn(stream: Terminal): ReporterOutput {
  const hasSize = (stream.columns ?? 0) > 0 && (stream.rows ?? 0) > 0;
  return stream.isTTY === true && hasSize ? new TerminalOutput(stream) : stream;
}
