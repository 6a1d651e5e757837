/**
 * The orders of `rooms.mjs` as a rule of ESLint, so that an import against them is marked while one writes. It reads the
 * specifiers alone; `npm run rooms` and its test also see what only whole packages show, such as cycles.
 */
import { dirname, posix, relative, sep } from 'node:path';
import { isAgainst, orderedPlaces, orderText, roomOf } from './rooms.mjs';
import { root } from './workspace.mjs';

const places = orderedPlaces();

/** What is wrong with an import of a package's source, as a message; undefined where nothing is. */
function faultOf(file, specifier) {
  const [packages, , src] = file.split('/');
  if (packages !== 'packages' || src !== 'src' || !specifier.startsWith('.')) return undefined;
  const target = posix.join(dirname(file), specifier).replace(/\.js$/, '.ts');
  if (!target.startsWith('packages/')) return 'Packages import only packages.';
  for (const { name, source, order } of places) {
    // Whole packages, and the rooms within that both files are in.
    if (![file, target].every((path) => path.startsWith(`${source}/`))) continue;
    const [from, to] = [file, target].map((path) => roomOf(path.slice(source.length + 1)));
    if (isAgainst(order, from, to)) return `The rooms of ${name} import only towards the first: ${orderText(order)}.`;
  }
  return undefined;
}

export const roomRule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = relative(root, context.filename).split(sep).join('/');
    const check = (node) => {
      const source = node.source ?? node.argument;
      const message = typeof source?.value === 'string' ? faultOf(file, source.value) : undefined;
      if (message !== undefined) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};
