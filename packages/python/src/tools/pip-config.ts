/** One value of pip's configuration. */
export interface PipValue {
  readonly value: string;
  /** Whether a variable `PIP_...` has it, and no file. */
  readonly isVariable: boolean;
}

/** pip's own order for `pip install`: variables, the command's section, the global one. */
const SECTIONS = [':env:', 'install', 'global'];

/** What `pip config list` prints, as far as it counts for `pip install`: `section.key='value'`, the value as Python writes it. */
export class PipConfig {
  private readonly sections = new Map<string, Map<string, string>>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const match = /^(global|install|:env:)\.([a-z-]+)=(['"])(.*)\3$/.exec(line);
      if (match?.[1] === undefined || match[2] === undefined) continue;
      const section = this.sections.get(match[1]) ?? new Map<string, string>();
      this.sections.set(match[1], section.set(match[2], unescape(match[4] ?? '')));
    }
  }

  /** The value of a setting by its long name; absent if it is empty, too. */
  find(key: string): PipValue | undefined {
    for (const section of SECTIONS) {
      const value = this.sections.get(section)?.get(key) ?? '';
      if (value !== '') return { value, isVariable: section === ':env:' };
    }
    return undefined;
  }
}

function unescape(text: string): string {
  return text.replace(/\\(n|t|\\|'|")/g, (_, character: string) => ({ n: '\n', t: '\t' })[character] ?? character);
}
