/** What the pages of the reference have in common: Markdown, and what the sources say in their comments. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../workspace.mjs';

/** Text of a cell: what stands in angle brackets outside of code is not HTML. */
function cell(text) {
  const escaped = text.replaceAll(/`[^`]*`|</g, (found) => (found === '<' ? '\\<' : found));
  return escaped.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** A table in Markdown. */
export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** The line below the title of a page that says where it comes from. */
export const madeBy = (what) => `<!-- Made from ${what} by \`npm run generate\`. -->`;

/** A value of an executor's or a generator's schema, as pages say what it is. */
export function typeOf({ type, enum: words, items, oneOf, additionalProperties }) {
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  if (oneOf !== undefined) return oneOf.map(typeOf).join(' or ');
  if (type === 'array') return `a list: ${typeOf(items)}`;
  if (type === 'object' && additionalProperties) return `an object; each value is ${typeOf(additionalProperties)}`;
  // What is a text may be written as a number.
  const [first] = [type].flat();
  return first === 'string' ? 'text' : first;
}

/** The TypeScript files of all packages, parsed, without those of tests. */
export function sources() {
  return readdirSync(join(root, 'packages')).flatMap((packageName) => {
    const directory = join(root, 'packages', packageName, 'src');
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ packageName, path, file: parse(path) }));
  });
}

/** A file of TypeScript, parsed. */
export function parse(path) {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true);
}

/** What the comment before a node says, in a line; empty if there is none. */
export function commentOf(node) {
  const text = node.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  const last = ranges.filter(({ pos }) => text.startsWith('/**', pos)).at(-1);
  if (last === undefined) return '';
  return text
    .slice(last.pos + 3, last.end - 2)
    .replaceAll(/^\s*\*/gm, '')
    .replaceAll(/\s*@public\b/g, '')
    .split(/\n\s*@/)[0]
    .replaceAll(/\{@link ([\w.]+)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Every node of a file. */
export function* nodesOf(node) {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}
