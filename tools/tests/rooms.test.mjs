import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { roomRule } from '../room-rule.mjs';
import { orderedPlaces, surveyRooms } from '../rooms.mjs';
import { root } from '../workspace.mjs';

let source;

before(() => {
  source = mkdtempSync(join(tmpdir(), 'wheelhouse-rooms-'));
  const files = {
    'index.ts': "export { door } from './hall/door.js';\n",
    'loose.ts': 'export const loose = 1;\n',
    'cellar/wine.ts':
      "import type { Door } from '../hall/door.js';\nexport const wine: Door | undefined = undefined;\n",
    'hall/door.ts':
      "import { wine } from '../cellar/wine.js';\nimport '../index.js';\nexport type Door = object;\nexport const door = wine;\n",
    'hall/bell.ts': "export const bell = async (): Promise<unknown> => import('./door.js');\n",
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(source, file)), { recursive: true });
    writeFileSync(join(source, file), text);
  }
});
after(() => {
  rmSync(source, { recursive: true });
});

test('an import against the order is found, of a type too, and so is one of the index', () => {
  const { upward } = surveyRooms(source, { rows: [['.'], ['cellar'], ['hall']], above: [] });
  assert.deepEqual(
    upward.map(({ from, to, typeOnly }) => [from, to, typeOnly]),
    [
      ['cellar/wine.ts', 'hall/door.ts', true],
      ['hall/door.ts', 'index.ts', false],
    ],
  );
});

test('a cycle that types alone close is one, but none of values', () => {
  const { cycles, valueCycles, roomCycles } = surveyRooms(source, undefined);
  assert.deepEqual(cycles, [['cellar/wine.ts', 'hall/door.ts', 'index.ts']]);
  assert.deepEqual(valueCycles, [['hall/door.ts', 'index.ts']]);
  assert.deepEqual(roomCycles, [['cellar', 'hall']]);
});

test('a room that the order does not place is found', () => {
  assert.deepEqual(surveyRooms(source, { rows: [['cellar']], above: ['.'] }).unplaced, ['hall']);
});

test('every import of a room is counted, one that is made late too', () => {
  const { rooms } = surveyRooms(source, undefined);
  assert.deepEqual(
    rooms.map(({ room, files, arrows }) => [room, files, [...arrows]]),
    [
      ['.', 1, []],
      ['cellar', 1, [['hall', 1]]],
      [
        'hall',
        2,
        [
          ['cellar', 1],
          ['index.ts', 1],
        ],
      ],
      ['index.ts', 1, [['hall', 1]]],
    ],
  );
});

test('the rooms of a room have an order of their own, which is a place beside that of the package', () => {
  const places = orderedPlaces().map(({ name, source }) => [name, source]);
  assert.deepEqual(
    places.filter(([name]) => name.startsWith('element')),
    [
      ['element', 'packages/element/src'],
      ['element/load', 'packages/element/src/load'],
      ['element/sandbox', 'packages/element/src/sandbox'],
    ],
  );
});

test('the lint rule marks an import against the order of a package, and of a room within', () => {
  const messages = [];
  const check = (file, value) => {
    const context = {
      filename: join(root, 'packages/element/src', file),
      report: ({ message }) => messages.push(message),
    };
    roomRule.create(context).ImportDeclaration({ source: { value } });
  };
  check('load/directives/directive.ts', '../declarations/project.js');
  check('load/declarations/project.ts', '../directives/directive.js');
  check('load/node.ts', '../build/session.js');
  assert.deepEqual(messages, [
    'The rooms of element/load import only towards the first: . < documents, composition < directives < declarations.',
    'The rooms of element import only towards the first: base < cas, program < load < plugin < resolve < packages < sources, toolchain < elements < key < store, why < sandbox < build.',
  ]);
});

test('the packages keep to the orders, and so do rooms that are ordered within', () => {
  for (const { name, source, order } of orderedPlaces()) {
    const { upward, unplaced, cycles } = surveyRooms(join(root, source), order);
    assert.deepEqual({ name, upward, unplaced, cycles }, { name, upward: [], unplaced: [], cycles: [] });
  }
});
