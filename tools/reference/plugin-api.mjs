/** The page of what plugins use of `@wheelhouse/element`: the exports that are marked `@public`, as they are declared. */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { commentOf, madeBy, parse } from './page.mjs';
import { root } from '../workspace.mjs';

/** What plugins may import from, each with its declarations as the compiler writes them. */
const ENTRIES = {
  '@wheelhouse/element': 'packages/element/dist/index.d.ts',
  '@wheelhouse/element/testing': 'packages/element/dist/testing/index.d.ts',
};

const printer = ts.createPrinter({ removeComments: true });

/** Whether the comment before a declaration marks it as public. */
function isPublic(node) {
  const text = node.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  return ranges.some(({ pos, end }) => /@public\b/.test(text.slice(pos, end)));
}

const isPrivate = (member) => member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;

/** A declaration without comments, initial words of the compiler, and private members. */
function declarationText(node) {
  const file = node.getSourceFile();
  const shown = ts.isClassDeclaration(node)
    ? ts.factory.updateClassDeclaration(
        node,
        ...[node.modifiers, node.name, node.typeParameters, node.heritageClauses],
        node.members.filter((member) => !isPrivate(member)),
      )
    : node;
  return printer.printNode(ts.EmitHint.Unspecified, shown, file).replace(/^export declare /, '');
}

/** Every public declaration of an entry: its name, comment and text. */
function declarationsOf(entry) {
  const index = join(root, entry);
  const names = parse(index).statements.filter(
    (statement) => ts.isExportDeclaration(statement) && statement.exportClause !== undefined,
  );
  return names.flatMap(({ moduleSpecifier, exportClause }) => {
    const file = parse(join(dirname(index), moduleSpecifier.text.replace(/\.js$/, '.d.ts')));
    return exportClause.elements.flatMap((element) => {
      const wanted = (element.propertyName ?? element.name).text;
      return file.statements
        .filter((statement) => statement.name?.text === wanted && isPublic(statement))
        .map((statement) => ({
          name: element.name.text,
          comment: commentOf(statement),
          text: declarationText(statement),
        }));
    });
  });
}

/** What each entry has, by name. */
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
    'A plugin imports these. Other exports are for the packages of Wheelhouse, and change without notice. A change of this page affects the authors of plugins.',
    ...sections,
  ].join('\n\n');
}
