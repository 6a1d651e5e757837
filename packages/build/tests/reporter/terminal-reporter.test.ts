import {
  coreElements,
  memoryDocuments,
  PluginRegistry,
  resolveProject,
  type ArtifactRecord,
  type BuildEvent,
  type Element,
  type Key,
} from '@wheelhouse/element';
import { JsonReporter, TerminalReporter, type LogPlace } from '@wheelhouse/build';

let element: Element;
let other: Element;

beforeAll(async () => {
  const { elements } = await resolveProject({
    documents: memoryDocuments(
      new Map([
        ['project.conf', 'name: shop\nmin-version: 2.4\n'],
        ['libs/app.bst', 'kind: manual\ndepends:\n- tool.bst\n'],
        ['tool.bst', 'kind: stack\n'],
      ]),
    ),
    directory: '/shop',
    targets: ['libs/app.bst'],
    registry: new PluginRegistry().register({ elements: coreElements({ memo: (name) => name, verify: false }) }),
    hostArch: process.arch,
    maxJobs: 1,
  });
  [other, element] = elements as [Element, Element];
});

const key = 'a1b2c3d4'.repeat(8) as Key;
const otherKey = '0f1e2d3c'.repeat(8) as Key;

function recordOf(fields: Partial<ArtifactRecord> = {}): ArtifactRecord {
  return {
    key,
    element: 'libs/app.bst',
    kind: 'manual',
    exitCode: 0,
    tree: { hash: 'e'.repeat(64), sizeBytes: 10 },
    dependencies: [],
    started: 0,
    elapsed: 12_345,
    ...fields,
  };
}

const FAILED = recordOf({ exitCode: 2, failedCommand: 'make -j2' });
const LOG: LogPlace = { path: '/store/logs/libs-app/a.log', tail: 'cc -c app.c\napp.c:1: error: what' };

function told(
  events: readonly BuildEvent[],
  options: { readonly verbose?: boolean; readonly colour?: boolean; readonly log?: LogPlace | undefined } = {},
): string {
  let text = '';
  const reporter = new TerminalReporter({
    write: (more) => (text += more),
    colour: options.colour ?? false,
    verbose: options.verbose ?? false,
    logOf: () => ('log' in options ? options.log : LOG),
  });
  for (const event of events) reporter.listener(event);
  reporter.finish();
  return text;
}

const chunk = (text: string): Uint8Array => Buffer.from(text);

describe('TerminalReporter', () => {
  it('has a line for all that takes time or is worth knowing, and counts the rest', () => {
    expect(
      told([
        { type: 'cached', element: other, key: otherKey, why: 'key' },
        { type: 'waiting', element, key },
        { type: 'warning', element, message: '`/bin/x` of tool.bst overlaps the one of base.bst' },
        { type: 'started', element, key },
        { type: 'output', element, chunk: chunk('not shown\n') },
        { type: 'built', element, record: recordOf() },
      ]),
    ).toBe(
      [
        'waiting    libs/app.bst a1b2c3d4: another process builds it',
        'warning    libs/app.bst `/bin/x` of tool.bst overlaps the one of base.bst',
        'building   libs/app.bst a1b2c3d4',
        'built      libs/app.bst a1b2c3d4 in 12.3 s',
        '1 built, 1 cached, 0 failed',
        '',
      ].join('\n'),
    );
  });

  it('says when what would have run had run before', () => {
    expect(told([{ type: 'cached', element, key, why: 'action' }])).toBe(
      'cached     libs/app.bst a1b2c3d4: the same commands ran on the same root\n0 built, 1 cached, 0 failed\n',
    );
  });

  it('shows the command, its exit code and the end of the log of a failure', () => {
    expect(told([{ type: 'failed', element, record: FAILED, replayed: false }])).toBe(
      [
        'failed     libs/app.bst a1b2c3d4 after 12.3 s',
        '           command `make -j2` exited with code 2',
        '           | cc -c app.c',
        '           | app.c:1: error: what',
        '           log: /store/logs/libs-app/a.log',
        '0 built, 0 cached, 1 failed',
        '',
      ].join('\n'),
    );
  });

  it('says of a failure on record that it is one, and how to try again', () => {
    expect(told([{ type: 'failed', element, record: FAILED, replayed: true }], { verbose: true })).toBe(
      [
        'failed     libs/app.bst a1b2c3d4 before, and nothing has changed since',
        '           command `make -j2` exited with code 2',
        '           | cc -c app.c',
        '           | app.c:1: error: what',
        '           log: /store/logs/libs-app/a.log',
        '           hint: pass `--retry-failed` to retry it',
        '0 built, 0 cached, 1 failed',
        '',
      ].join('\n'),
    );
  });

  it('shows output as it comes when it is verbose, each line whole and with its element, and then no log', () => {
    expect(
      told(
        [
          { type: 'output', element, chunk: chunk('one\ntw') },
          { type: 'output', element: other, chunk: chunk('other\n') },
          { type: 'output', element, chunk: Buffer.from([0x6f, 0x20, 0xe2, 0x82]) },
          { type: 'output', element, chunk: Buffer.from([0xac, 0x0a]) },
          { type: 'output', element, chunk: chunk('no end') },
          { type: 'failed', element, record: FAILED, replayed: false },
        ],
        { verbose: true },
      ),
    ).toBe(
      [
        'libs/app.bst | one',
        'tool.bst | other',
        'libs/app.bst | two €',
        'libs/app.bst | no end',
        'failed     libs/app.bst a1b2c3d4 after 12.3 s',
        '           command `make -j2` exited with code 2',
        '           log: /store/logs/libs-app/a.log',
        '0 built, 0 cached, 1 failed',
        '',
      ].join('\n'),
    );
  });

  it('colours the first word alone', () => {
    expect(told([{ type: 'started', element, key }], { colour: true })).toBe(
      '\u001b[36mbuilding  \u001b[39m libs/app.bst a1b2c3d4\n0 built, 0 cached, 0 failed\n',
    );
  });

  it('counts an element that was built and found again once', () => {
    expect(
      told([
        { type: 'built', element, record: recordOf() },
        { type: 'cached', element, key, why: 'key' },
      ]),
    ).toContain('\n1 built, 0 cached, 0 failed\n');
  });
});

describe('JsonReporter', () => {
  it('has an object a line for each event, and the counts at the end', () => {
    let text = '';
    const reporter = new JsonReporter((more) => (text += more));
    reporter.listener({ type: 'started', element, key });
    reporter.listener({ type: 'output', element, chunk: chunk('cc\n') });
    reporter.listener({ type: 'failed', element, record: FAILED, replayed: false });
    reporter.finish();
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { type: 'started', element: 'libs/app.bst', key },
      { type: 'output', element: 'libs/app.bst', text: 'cc\n' },
      { type: 'failed', element: 'libs/app.bst', key, exitCode: 2, command: 'make -j2', replayed: false },
      { type: 'finished', built: 0, cached: 0, failed: 1 },
    ]);
  });
});
