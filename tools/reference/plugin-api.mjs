/** The page of what plugins use: the exports that are marked `@public`, as they are declared. */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { commentOf, madeBy, nodesOf, parse } from './page.mjs';
import { root } from '../workspace.mjs';

/** What plugins may import from, each with its declarations as the compiler writes them. */
const ENTRIES = {
  '@wheelhouse/element': 'packages/element/dist/index.d.ts',
  '@wheelhouse/element/testing': 'packages/element/dist/testing/index.d.ts',
  ...Object.fromEntries(
    ['oci', 'python', 'python-lock', 'python-stage', 'build', 'cache', 'scaffold'].map((name) => [
      `@wheelhouse/${name}`,
      `packages/${name}/dist/index.d.ts`,
    ]),
  ),
};

const printer = ts.createPrinter({ removeComments: true });

/** Whether the comment before a declaration, or a member of one, has a tag. */
function isMarked(node, tag) {
  const text = node.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  return ranges.some(({ pos, end }) => new RegExp(`@${tag}\\b`).test(text.slice(pos, end)));
}

/** Whether a member is not promised: it is private, or marked `@internal`. */
const isInternal = (member) =>
  isMarked(member, 'internal') ||
  (member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false);

/** A declaration without comments, initial words of the compiler, and members that are not promised. */
function declarationText(node) {
  const file = node.getSourceFile();
  const shown = ts.isClassDeclaration(node)
    ? ts.factory.updateClassDeclaration(
        node,
        ...[node.modifiers, node.name, node.typeParameters, node.heritageClauses],
        node.members.filter((member) => !isInternal(member)),
      )
    : node;
  return printer.printNode(ts.EmitHint.Unspecified, shown, file).replace(/^export declare /, '');
}

/** The `export { ... } from` of a file. */
const exportsOf = (path) =>
  parse(path).statements.filter(
    (statement) => ts.isExportDeclaration(statement) && statement.exportClause !== undefined,
  );

/** The names of values and types that an entry exports, marked or not, in order. @param entry relative to the repository */
export function exportedNames(entry) {
  const clauses = exportsOf(join(root, entry)).map(({ exportClause }) => exportClause);
  return clauses.flatMap(({ elements }) => elements.map(({ name }) => name.text)).sort();
}

/** The names of the types that a declaration is made of. @param text of the declaration, as the page has it */
export function typesIn(text) {
  const names = [...nodesOf(ts.createSourceFile('declaration.ts', text, ts.ScriptTarget.ESNext, true))]
    .map((node) => node.typeName ?? (ts.isExpressionWithTypeArguments(node) ? node.expression : undefined))
    .filter((name) => name !== undefined);
  return [...new Set(names.map((name) => name.getText()))];
}

/** Every public declaration of an entry: its name, comment and text. */
function declarationsOf(entry) {
  const index = join(root, entry);
  return exportsOf(index).flatMap(({ moduleSpecifier, exportClause }) => {
    const file = parse(join(dirname(index), moduleSpecifier.text.replace(/\.js$/, '.d.ts')));
    return exportClause.elements.flatMap((element) => {
      const wanted = (element.propertyName ?? element.name).text;
      return file.statements
        .filter((statement) => statement.name?.text === wanted && isMarked(statement, 'public'))
        .map((statement) => ({
          name: element.name.text,
          comment: commentOf(statement),
          text: declarationText(statement),
        }));
    });
  });
}

/** What each entry declares for plugins, by name. */
export function publicApi() {
  return Object.entries(ENTRIES).map(([name, entry]) => ({
    name,
    declarations: declarationsOf(entry).sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
}

/** The page of the interface for plugins. */
export function pluginApi() {
  const sections = publicApi().flatMap(({ name, declarations }) => [
    `## \`${name}\``,
    ...declarations.flatMap((each) => [`### \`${each.name}\``, each.comment, `\`\`\`ts\n${each.text}\n\`\`\``]),
  ]);
  return [
    '# The interface for plugins',
    madeBy('the declarations that are marked `@public`'),
    'A plugin imports these. What packages export as `internal`, and from other paths, is for the packages of Wheelhouse, and changes without notice. A change of this page affects the authors of plugins.',
    ...sections,
  ].join('\n\n');
}
