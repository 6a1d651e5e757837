import { StringDecoder } from 'node:string_decoder';
import type { Element } from '@wheelhouse/element';

/** Cuts what elements print, which comes in pieces, into whole lines. */
export class OutputLines {
  private readonly pending = new Map<Element, { readonly decoder: StringDecoder; text: string }>();

  /** @returns the lines that are whole now, without their newlines */
  add(element: Element, chunk: Uint8Array): string[] {
    const state = this.pending.get(element) ?? { decoder: new StringDecoder('utf8'), text: '' };
    this.pending.set(element, state);
    const lines = (state.text + state.decoder.write(Buffer.from(chunk))).split('\n');
    state.text = lines.pop() ?? '';
    return lines;
  }

  /** What was printed last, without a newline at its end. */
  rest(element: Element): string {
    const state = this.pending.get(element);
    this.pending.delete(element);
    return state === undefined ? '' : state.text + state.decoder.end();
  }
}
