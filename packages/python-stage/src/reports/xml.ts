import type { Element as XmlElement } from '@xmldom/xmldom';
import { ElementError } from '@wheelhouse/element';

/** What {@link parseXml} expects. */
export interface XmlExpectation {
  /** What messages call the document. */
  readonly name: string;
  /** The names that its root element may have. */
  readonly root: readonly string[];
}

/** The root element of a document. Its parser is loaded when there is something to parse. @throws ElementError ARTIFACT */
export async function parseXml(text: string, { name, root }: XmlExpectation): Promise<XmlElement> {
  const { DOMParser, onErrorStopParsing } = await import('@xmldom/xmldom');
  let element: XmlElement | null;
  try {
    element = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'text/xml').documentElement;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const reason = /^Reporting error "([^]*)" caused /.exec(said)?.[1] ?? said;
    throw new ElementError({
      code: 'ARTIFACT',
      message: `${name} is not well-formed XML: ${reason.split('\n')[0] ?? ''}`,
      hint: 'the tests wrote it: see the log of the run',
      cause: error,
    });
  }
  if (element !== null && root.includes(element.tagName)) return element;
  throw new ElementError({
    code: 'ARTIFACT',
    message: `${name} is not a report: its root element is \`${element?.tagName ?? ''}\``,
    hint: `it must be ${root.map((each) => `\`${each}\``).join(' or ')}`,
  });
}

/** The elements directly within one. */
export function childElements(element: XmlElement): XmlElement[] {
  const children: XmlElement[] = [];
  for (let child = element.firstChild; child !== null; child = child.nextSibling) {
    if (child.nodeType === 1) children.push(child as XmlElement);
  }
  return children;
}

/** The text of a document, its declaration included. */
export async function xmlText(root: XmlElement): Promise<string> {
  const { XMLSerializer } = await import('@xmldom/xmldom');
  return `<?xml version="1.0" encoding="utf-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}
