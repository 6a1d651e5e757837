import type { BuildEvent, ElementFacts, ElementResult, Key } from '@wheelhouse/element';
import { JsonReporter, TerminalReporter, type LogPlace } from '@wheelhouse/build/internal';

const element: ElementFacts = {
  name: 'libs/app.bst',
  kind: 'manual',
  key: 'a1b2c3d4'.repeat(8) as Key,
  runsCommands: true,
  hasSources: false,
};
const other: ElementFacts = {
  name: 'tool.bst',
  kind: 'stack',
  key: '0f1e2d3c'.repeat(8) as Key,
  runsCommands: false,
  hasSources: false,
};
const tree = `sha256:${'e'.repeat(64)}/10`;
const timing = { started: 0, elapsed: 12_345 };

function ended(result: ElementResult, of = element): BuildEvent {
  return { type: 'ended', element: of, result };
}

const BUILT = ended({ outcome: 'built', tree, ...timing });

function failed(replayed: boolean): BuildEvent {
  const log = { digest: `sha256:${'f'.repeat(64)}/20`, file: '/store/logs/libs-app/a.log' };
  return ended({ outcome: 'failed', exitCode: 2, command: 'make -j2', log, replayed, ...timing });
}

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

describe('TerminalReporter', () => {
  it('has a line for all that takes time or is worth knowing, and counts the rest', () => {
    expect(
      told([
        ended({ outcome: 'cached', why: 'key', tree }, other),
        { type: 'waiting', element },
        { type: 'warning', element, message: '`/bin/x` of tool.bst overlaps the one of base.bst' },
        { type: 'started', element },
        { type: 'output', element, text: 'not shown\n' },
        BUILT,
      ]),
    ).toBe(
      [
        'waiting    libs/app.bst a1b2c3d4: another process is building it',
        'warning    libs/app.bst `/bin/x` of tool.bst overlaps the one of base.bst',
        'building   libs/app.bst a1b2c3d4',
        'built      libs/app.bst a1b2c3d4 in 12.3 s',
        '1 built, 1 cached, 0 failed',
        '',
      ].join('\n'),
    );
  });

  it('says when what would have run had run before', () => {
    expect(told([ended({ outcome: 'cached', why: 'action', tree })])).toBe(
      'cached     libs/app.bst a1b2c3d4: the same commands already ran on the same root\n0 built, 1 cached, 0 failed\n',
    );
  });

  it('shows the command, its exit code and the end of the log of a failure', () => {
    expect(told([failed(false)])).toBe(
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
    expect(told([failed(true)], { verbose: true })).toBe(
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
          { type: 'output', element, text: 'one\ntw' },
          { type: 'output', element: other, text: 'other\n' },
          { type: 'output', element, text: 'o €\n' },
          { type: 'output', element, text: 'no end' },
          failed(false),
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

  it('colours only the first word', () => {
    expect(told([{ type: 'started', element }], { colour: true })).toBe(
      '\u001b[36mbuilding  \u001b[39m libs/app.bst a1b2c3d4\n0 built, 0 cached, 0 failed\n',
    );
  });

  it('counts an element that was built and found again once', () => {
    expect(told([BUILT, ended({ outcome: 'cached', why: 'key', tree })])).toContain('\n1 built, 0 cached, 0 failed\n');
  });
});

describe('JsonReporter', () => {
  it('prints each event as it is, an object a line, and the counts at the end', () => {
    let text = '';
    const reporter = new JsonReporter((more) => (text += more));
    reporter.listener({ type: 'started', element });
    reporter.listener({ type: 'output', element, text: 'cc\n' });
    reporter.listener(failed(false));
    reporter.finish();
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { type: 'started', element },
      { type: 'output', element, text: 'cc\n' },
      failed(false),
      { type: 'finished', built: 0, cached: 0, failed: 1 },
    ]);
  });
});
