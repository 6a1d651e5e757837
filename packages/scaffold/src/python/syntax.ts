import type { SyntaxNode } from '@lezer/common';

/** The children of a node, in their order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** The value of a plain string literal; one with escapes or a prefix is none that is read. */
export function stringOf(node: SyntaxNode | null, source: string): string | undefined {
  if (node?.name !== 'String') return undefined;
  const text = source.slice(node.from, node.to);
  const quote = ['"""', "'''", '"', "'"].find((each) => text.startsWith(each) && text.endsWith(each));
  const value = quote === undefined ? undefined : text.slice(quote.length, -quote.length);
  return value?.includes('\\') === true ? undefined : value;
}
