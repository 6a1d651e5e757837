import type { ElementFacts } from '@wheelhouse/element';
import { identityOf } from './element-identity.js';

/** Cuts what elements print, which comes in pieces, into whole lines. */
export class OutputLines {
  private readonly pending = new Map<string, string>();

  /** @returns the lines that are whole now, without their newlines */
  add(element: ElementFacts, text: string): string[] {
    const identity = identityOf(element);
    const lines = ((this.pending.get(identity) ?? '') + text).split('\n');
    this.pending.set(identity, lines.pop() ?? '');
    return lines;
  }

  /** What was printed last, without a newline at its end. */
  rest(element: ElementFacts): string {
    const identity = identityOf(element);
    const text = this.pending.get(identity) ?? '';
    this.pending.delete(identity);
    return text;
  }
}
