import type { ParseError } from 'jsonc-parser';
import { ElementError, type Origin } from '@wheelhouse/element';

/** The file that says which plugins a workspace has. */
const FILE = 'nx.json';

/**
 * What the text of an nx.json says. Nx takes comments and trailing commas in it; almost no nx.json has them, so their
 * parser is loaded when it is needed.
 *
 * @throws ElementError WORKSPACE, with the place
 */
export async function parseNxJson(text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { parse, printParseErrorCode } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  throw new ElementError({
    code: 'WORKSPACE',
    message: `not valid JSON: ${printParseErrorCode(first.error)} at \`${text.slice(first.offset, first.offset + first.length)}\``,
    origin: placeOf(text, first.offset),
  });
}

/**
 * Finds places in the text of an nx.json: of the value that a path of keys and indices leads to or, if there is
 * none, of the nearest one on the way.
 */
export async function nxJsonPlaces(text: string): Promise<(path: readonly (string | number)[]) => Origin> {
  const { parseTree, findNodeAtLocation } = await import('jsonc-parser');
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return (path) => {
    for (let length = path.length; tree !== undefined && length > 0; length -= 1) {
      const node = findNodeAtLocation(tree, path.slice(0, length));
      if (node !== undefined) return placeOf(text, node.offset);
    }
    return placeOf(text, 0);
  };
}

function placeOf(text: string, offset: number): Origin {
  const before = text.slice(0, offset).split('\n');
  return { file: FILE, line: before.length, column: before.at(-1)?.length ?? 0 };
}
