import type { Origin } from '@wheelhouse/element';

/** A line of a requirements file as pip sees it: continued lines joined, comments gone. */
export interface PipLine {
  readonly text: string;
  /** Where a character of `text` was written. */
  place(offset: number): Origin;
}

/** An option of a requirements file with its place. */
export interface PipWord {
  readonly text: string;
  readonly offset: number;
}

/** Splits a requirements file (pip's "Requirements File Format") into its lines. */
export function pipLines(text: string, file: string): PipLine[] {
  const lines: PipLine[] = [];
  let pieces: { readonly start: number; readonly line: number; readonly column: number }[] = [];
  let joined = '';
  const end = (): void => {
    const places = pieces;
    const body = joined.replace(/(^|\s+)#.*$/s, '').trimEnd();
    if (body.trim() !== '') {
      lines.push({
        text: body,
        place: (offset) => {
          const piece = places.findLast(({ start }) => start <= offset) ?? { start: 0, line: 1, column: 0 };
          return { file, line: piece.line, column: piece.column + offset - piece.start };
        },
      });
    }
    [pieces, joined] = [[], ''];
  };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const isComment = /^\s*#/.test(raw);
    const continues = raw.endsWith('\\') && !isComment;
    // A comment ends the line it is in the middle of.
    const shown = continues ? raw.slice(0, -1) : isComment ? ` ${raw}` : raw;
    pieces.push({ start: joined.length, line: index + 1, column: 0 });
    joined += shown;
    if (!continues) end();
  }
  end();
  return lines;
}

/** The words of a text from `start` on, by the shell's rules for quotes and backslashes. */
export function pipWords(text: string, start = 0): PipWord[] {
  const words: PipWord[] = [];
  const pattern = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
  pattern.lastIndex = start;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const unquoted = match[0].replace(
      /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
      (_, escaped?: string, double?: string, single?: string) =>
        escaped ?? double?.replace(/\\(.)/gs, '$1') ?? single ?? '',
    );
    words.push({ text: unquoted, offset: match.index });
  }
  return words;
}
