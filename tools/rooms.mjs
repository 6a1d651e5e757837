/**
 * `npm run rooms`: the rooms of every package (the folders of its `src`) and the arrows between them, the imports that
 * run against the declared order, and the cycles, those of types too. `--check` prints the faults alone and exits with
 * 1 if there are any. ESLint enforces the same orders while one writes (eslint.config.mjs).
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { isMain, root } from './workspace.mjs';

/**
 * The rooms of a package: each row imports only from the rows before it and from itself. Those that stand `above` the
 * order may import all others, and no room imports them. Files that lie in `src` itself are one room, `.`; the entries
 * (`index.ts`, `internal.ts`) are in none, and nothing imports them. The folders of a room are ordered in the same way where `inner` has the room.
 *
 * @typedef {{ rows: string[][], above: string[], inner?: Record<string, RoomOrder> }} RoomOrder
 * @type {Readonly<Record<string, RoomOrder>>} by the name of the package's folder
 */
export const roomOrders = {
  element: {
    rows: [
      ['base'],
      ['cas', 'program'],
      ['load'],
      ['plugin'],
      ['resolve'],
      ['packages'],
      ['sources', 'toolchain'],
      ['elements'],
      ['key'],
      ['store', 'why'],
      ['sandbox'],
      ['build'],
    ],
    above: ['testing'],
    inner: {
      load: { rows: [['.'], ['documents', 'composition'], ['directives'], ['declarations']], above: [] },
      sandbox: { rows: [['.'], ['bubblewrap']], above: [] },
    },
  },
  cache: {
    rows: [
      ['.'],
      ['store'],
      ['tiers'],
      ['tokens', 'oidc'],
      ['config'],
      ['ledger'],
      ['overview'],
      ['server'],
      ['proxy'],
      ['plugin'],
      ['generators'],
      ['cli'],
    ],
    above: [],
  },
  oci: {
    rows: [['.'], ['format'], ['layers'], ['engine', 'registry', 'debian'], ['layout']],
    above: [],
  },
  python: {
    rows: [
      ['.'],
      ['requirements'],
      ['files'],
      ['metadata'],
      ['lockfile'],
      ['tools'],
      ['indexes'],
      ['interpreter'],
      ['fetch'],
      ['rust'],
      ['test-files'],
      ['projects'],
    ],
    above: ['testing'],
  },
  'python-lock': {
    rows: [['.'], ['hooks'], ['vendoring'], ['resolving'], ['locking']],
    above: [],
  },
  'python-stage': {
    rows: [
      ['.'],
      ['sources', 'elements', 'services', 'toolchains'],
      ['plan'],
      ['inspection'],
      ['wheelhouse'],
      ['workspace'],
      ['image', 'reports'],
      ['operations'],
      ['venv', 'publish'],
    ],
    above: [],
  },
  build: {
    rows: [
      ['workspace'],
      ['.'],
      ['inference'],
      ['plugin', 'reporter', 'doctor'],
      ['watch'],
      ['executors', 'generators'],
      ['cli'],
    ],
    above: [],
  },
  scaffold: {
    rows: [
      ['.'],
      ['merge', 'python'],
      ['project'],
      ['workspace', 'metadata', 'element', 'ci'],
      ['stage'],
      ['context'],
      ['run', 'new-project'],
      ['generators', 'executors'],
    ],
    above: [],
  },
};

/**
 * Every place that has an order: the `src` of a package, and the rooms that are ordered within.
 *
 * @returns {{ name: string, source: string, order: RoomOrder }[]} `name` such as `element` or `element/load`; `source`
 *   relative to the repository
 */
export function orderedPlaces() {
  const within = (name, source, order) => [
    { name, source, order },
    ...Object.entries(order.inner ?? {}).flatMap(([room, inner]) =>
      within(`${name}/${room}`, `${source}/${room}`, inner),
    ),
  ];
  return Object.entries(roomOrders).flatMap(([name, order]) => within(name, `packages/${name}/src`, order));
}

/** The order of a package as one line, for messages. */
export const orderText = ({ rows }) => rows.map((names) => names.join(', ')).join(' < ');

/** @returns the folders of a package's `src` that its order does not place */
export function unplacedRooms(source, { rows, above }) {
  const placed = new Set([...rows.flat(), ...above]);
  return [...new Set(sourceFiles(source).map(roomOf))].filter((room) => !isEntry(room) && !placed.has(room));
}

/** Rooms that the files of `room` may not import; besides them nothing imports an entry. */
function forbiddenRooms({ rows, above }, room) {
  const rank = rows.findIndex((row) => row.includes(room));
  if (rank === -1) return [];
  return [...rows.slice(rank + 1).flat(), ...rows[rank].filter((other) => other !== room), ...above];
}

/** What a package is entered by that is in `src` itself. */
const ENTRIES = ['index.ts', 'internal.ts'];
const isEntry = (room) => ENTRIES.includes(room);

/** The room of a file. @param file relative to the package's `src` */
export const roomOf = (file) => {
  if (isEntry(file)) return file;
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '.';
};

function sourceFiles(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

/** Whether an import or export brings nothing but types, so that it is gone when the program runs. */
function isTypeOnly(statement) {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    if (statement.isTypeOnly || exportClause === undefined || !ts.isNamedExports(exportClause)) {
      return statement.isTypeOnly;
    }
    return exportClause.elements.length > 0 && exportClause.elements.every((element) => element.isTypeOnly);
  }
  const clause = statement.importClause;
  if (clause === undefined || clause.isTypeOnly || clause.name !== undefined) return clause?.isTypeOnly === true;
  const { namedBindings } = clause;
  if (namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

/** What a file imports: static imports and exports, `import()`, and types written as `import('...')`. */
function importsOf(text, name) {
  const found = [];
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, false);
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push({ to: node.moduleSpecifier.text, typeOnly: isTypeOnly(node) });
      return;
    }
    if (ts.isImportTypeNode(node)) found.push({ to: node.argument.literal.text, typeOnly: true });
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) found.push({ to: argument.text, typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Strongly connected sets of more than one node (Tarjan). */
function cyclesOf(nodes, edgesOf) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const onStack = new Set();
  const cycles = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    onStack.add(node);
    for (const next of edgesOf(node)) {
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node), low.get(next)));
      } else if (onStack.has(next)) {
        low.set(node, Math.min(low.get(node), index.get(next)));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const cycle = stack.splice(stack.indexOf(node));
    for (const member of cycle) onStack.delete(member);
    if (cycle.length > 1) cycles.push(cycle.sort());
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return cycles;
}

/**
 * The rooms of one package.
 *
 * @param source the package's `src`
 * @param order undefined if none is declared
 */
export function surveyRooms(source, order) {
  const files = sourceFiles(source);
  const known = new Set(files);
  const imports = new Map();
  const packages = new Map();
  const lines = new Map();
  for (const file of files) {
    const text = readFileSync(join(source, file), 'utf8');
    lines.set(file, text.split('\n').length - 1);
    const own = [];
    for (const { to, typeOnly } of importsOf(text, file)) {
      if (to.startsWith('@wheelhouse/')) {
        const name = to.split('/')[1];
        packages.set(name, (packages.get(name) ?? 0) + 1);
      }
      if (!to.startsWith('.')) continue;
      const target = posix.join(dirname(file), to).replace(/\.js$/, '.ts');
      const place = known.has(target) ? target : `${target}/index.ts`;
      if (known.has(place)) own.push({ to: place, typeOnly });
    }
    imports.set(file, own);
  }
  const edges = files.flatMap((file) => imports.get(file).map(({ to, typeOnly }) => ({ from: file, to, typeOnly })));
  const names = [...new Set(files.map(roomOf))];
  const rank = (room) => order?.rows.findIndex((row) => row.includes(room)) ?? -1;
  const rooms = names
    .map((room) => {
      const own = files.filter((file) => roomOf(file) === room);
      const arrows = new Map();
      for (const { from, to } of edges) {
        if (roomOf(from) !== room || roomOf(to) === room) continue;
        arrows.set(roomOf(to), (arrows.get(roomOf(to)) ?? 0) + 1);
      }
      return { room, files: own.length, lines: own.reduce((sum, file) => sum + lines.get(file), 0), arrows };
    })
    .sort((a, b) => rank(a.room) - rank(b.room) || (a.room < b.room ? -1 : 1));
  const upward = order === undefined ? [] : edges.filter(({ from, to }) => isAgainst(order, roomOf(from), roomOf(to)));
  const targets = (file, all) =>
    imports
      .get(file)
      .filter(({ typeOnly }) => all || !typeOnly)
      .map(({ to }) => to);
  return {
    rooms,
    packages,
    upward,
    unplaced: order === undefined ? [] : unplacedRooms(source, order),
    valueCycles: cyclesOf(files, (file) => targets(file, false)),
    cycles: cyclesOf(files, (file) => targets(file, true)),
    roomCycles: cyclesOf(
      names.filter((name) => !isEntry(name)),
      (name) => [...rooms.find(({ room }) => room === name).arrows.keys()].filter((to) => !isEntry(to)),
    ),
  };
}

/** Whether an import of a file in the room `to` by one in the room `from` runs against the order. */
export function isAgainst(order, from, to) {
  return !isEntry(from) && from !== to && (isEntry(to) || forbiddenRooms(order, from).includes(to));
}

function faultsOf(name, survey, order) {
  return [
    ...survey.unplaced.map((room) => `${room} has no place in its order in tools/rooms.mjs`),
    ...survey.upward.map(({ from, to }) => `${from} imports ${to}, against ${orderText(order)}`),
    ...(order === undefined ? [] : survey.cycles).map((cycle) => `import cycle: ${cycle.join(', ')}`),
  ].map((fault) => `${name}: ${fault}`);
}

function print(name, survey) {
  const list = (map) => [...map].map(([room, count]) => `${room} ${count}`).join(', ');
  console.log(`\n${name}${survey.packages.size > 0 ? ` <- ${list(survey.packages)}` : ''}`);
  for (const { room, files, lines, arrows } of survey.rooms) {
    const numbers = `${String(files).padStart(4)} files ${String(lines).padStart(6)} lines`;
    console.log(`  ${room.padEnd(14)}${numbers}${arrows.size > 0 ? `  <- ${list(arrows)}` : ''}`);
  }
  console.log(
    `  imports upward: ${survey.upward.length}; cycles: ${survey.cycles.length} (of values ${survey.valueCycles.length}); ` +
      `rooms in cycles: ${survey.roomCycles.flat().length}`,
  );
}

function main() {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const faults = [];
  const places = orderedPlaces();
  const unordered = readdirSync(join(root, 'packages'))
    .filter((name) => roomOrders[name] === undefined)
    .map((name) => ({ name, source: `packages/${name}/src`, order: undefined }));
  for (const { name, source, order } of [...places, ...unordered].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!existsSync(join(root, source))) continue;
    const survey = surveyRooms(join(root, source), order);
    faults.push(...faultsOf(name, survey, order));
    if (!values.check) print(name, survey);
  }
  if (faults.length > 0) console.error(`\n${faults.join('\n')}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) main();
