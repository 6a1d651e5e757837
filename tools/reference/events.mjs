/** The page of the events of a build, from their types. */
import { join } from 'node:path';
import ts from 'typescript';
import { commentOf, madeBy, parse, table } from './page.mjs';
import { root } from '../workspace.mjs';

const FILE = join(root, 'packages', 'element', 'src', 'build', 'events.ts');

/** The object types that a union is of, those of other names of the file included, each with its comment. */
function membersOf(file, type, comment = '') {
  if (ts.isUnionTypeNode(type)) {
    const tokens = type.getChildren(file).flatMap((list) => list.getChildren(file));
    return type.types.flatMap((each) => {
      // The comment on a member stands before its bar.
      const before = tokens[tokens.indexOf(each) - 1];
      return membersOf(file, each, before === undefined ? '' : commentOf(before));
    });
  }
  if (ts.isTypeLiteralNode(type)) return [{ members: type.members, comment }];
  if (!ts.isTypeReferenceNode(type)) return [];
  const found = file.statements.find((statement) => statement.name?.text === type.typeName.getText(file));
  if (found === undefined) throw new Error(`${FILE} does not declare ${type.getText(file)}`);
  if (ts.isTypeAliasDeclaration(found)) return membersOf(file, found.type, comment);
  return [{ members: found.members, comment: comment || commentOf(found) }];
}

/** Every event: its type, its comment, and its other properties with their types. */
export function buildEvents() {
  const file = parse(FILE);
  const union = file.statements.find((statement) => statement.name?.text === 'BuildEvent');
  return membersOf(file, union.type).map(({ members, comment }) => {
    const properties = members.map((member) => ({
      name: `${member.name.getText(file)}${member.questionToken === undefined ? '' : '?'}`,
      type: member.type.getText(file).replaceAll(/\s+/g, ' '),
    }));
    const type = properties.find(({ name }) => name === 'type')?.type.replaceAll("'", '');
    return { type, comment, properties: properties.filter(({ name }) => name !== 'type') };
  });
}

/** The page of all events. */
export function events() {
  const rows = buildEvents().map(({ type, comment, properties }) => [
    `\`${type}\``,
    comment,
    properties.map(({ name, type: text }) => `\`${name}: ${text}\``).join(', '),
  ]);
  return [
    '# Events of a build',
    madeBy('packages/element/src/build/events.ts'),
    'A `BuildListener` is called with these, in the order in which they happen.',
    table(['type', 'meaning', 'properties'], rows),
  ].join('\n\n');
}
