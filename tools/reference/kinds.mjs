/** The page of the kinds of elements and sources, from their declarations, the comments of their classes, and their defaults. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { commentOf, madeBy, nodesOf, sources } from './page.mjs';

/** The properties of an object literal that declares a kind; undefined for any other node. */
function declaredKind(node) {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const properties = Object.fromEntries(
    node.properties
      .filter((each) => ts.isPropertyAssignment(each))
      .map((each) => [each.name.getText(), each.initializer]),
  );
  const { kind, formatVersion, create } = properties;
  return kind !== undefined && formatVersion !== undefined && create !== undefined ? properties : undefined;
}

/** Every kind, with its package, `sort` (element or source), comment and the text of its defaults. */
export function declaredKinds() {
  return sources().flatMap(({ packageName, path, file }) =>
    [...nodesOf(file)].flatMap((node) => {
      const declared = declaredKind(node);
      if (declared === undefined) return [];
      const className = /new (\w+)\(/.exec(declared.create.getText())?.[1];
      const found = file.statements.find((statement) => statement.name?.text === className);
      const yaml = /'([\w.-]+\.yaml)'/.exec(declared.defaults?.getText() ?? '')?.[1];
      return [
        {
          kind: declared.kind.getText().replaceAll("'", ''),
          packageName,
          version: declared.formatVersion.getText(),
          sort: className?.endsWith('Source') ? 'source' : 'element',
          comment: found === undefined ? '' : commentOf(found),
          defaults: yaml === undefined ? undefined : readFileSync(join(dirname(path), yaml), 'utf8').trimEnd(),
        },
      ];
    }),
  );
}

function section({ kind, packageName, version, comment, defaults }) {
  return [
    `### \`${kind}\``,
    comment,
    `Version ${version}, of \`@wheelhouse/${packageName}\`.`,
    ...(defaults === undefined ? [] : [`Its defaults:\n\n\`\`\`yaml\n${defaults}\n\`\`\``]),
  ].join('\n\n');
}

/** The page of all kinds. */
export function kinds() {
  const all = declaredKinds().sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const of = (sort) => all.filter((each) => each.sort === sort).map(section);
  return [
    '# Kinds of elements and sources',
    madeBy('their declarations and defaults'),
    'Elements and sources have a `kind`. Its version is part of the key of everything of that kind. [Writing a kind](../concepts/writing-a-kind.md) says how to add one.',
    '## Elements',
    ...of('element'),
    '## Sources',
    ...of('source'),
  ].join('\n\n');
}
