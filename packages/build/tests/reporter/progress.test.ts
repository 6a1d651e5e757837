import type { BuildEvent, ElementFacts, Key } from '@wheelhouse/element';
import { TerminalReporter } from '@wheelhouse/build/internal';
import { Progress } from '../../src/reporter/progress.js';

const wheel = { kind: 'wheel', runsCommands: true };
const app: ElementFacts = { ...wheel, name: 'sdist-wheel/app.bst', key: 'a'.repeat(64) as Key, hasSources: true };
const sdist: ElementFacts = { ...wheel, name: 'sdist-wheel/uwsgi.bst', key: 'b'.repeat(64) as Key, hasSources: false };
const download = { id: '1', verbs: ['downloading', 'downloaded'], what: '3 files' } as const;

/** What is written, and what is drawn, after the time given since the events, in milliseconds. */
function shownAfter(
  milliseconds: number,
  events: readonly BuildEvent[],
  terminal?: { readonly columns: number },
): { readonly written: string; readonly drawn: string } {
  jest.useFakeTimers();
  try {
    const shown = { written: '', drawn: '' };
    const draw = terminal === undefined ? {} : { ...terminal, draw: (text: string) => (shown.drawn = text) };
    const progress = new Progress({ write: (text) => (shown.written += text), ...draw }, Date.now);
    for (const event of events) progress.listener(event);
    jest.advanceTimersByTime(milliseconds);
    return shown;
  } finally {
    jest.useRealTimers();
  }
}

const RUNNING: readonly BuildEvent[] = [
  { type: 'queued', element: app },
  { type: 'queued', element: sdist },
  { type: 'started', activity: download },
  { type: 'progress', activity: download, bytes: 3_400_000 },
  { type: 'started', element: sdist },
  { type: 'output', element: sdist, text: 'gcc a.c\n\u001b[32mgcc b.c\u001b[0m\n\ngcc ' },
];

test('a terminal has a line for all that runs, with its time, bytes and last line of log, and how many elements are done', () => {
  expect(shownAfter(1200, RUNNING, { columns: 100 })).toEqual({
    written: '',
    drawn: [
      'downloading 3 files 1.2 s, 3.4 MB',
      'compiling  sdist-wheel/uwsgi.bst 1.2 s | gcc b.c',
      '0 of 2 elements done',
    ].join('\n'),
  });
});

test('a wheel that has sources is built, whatever its name, and one that has none is compiled from an sdist', () => {
  const started: BuildEvent = { type: 'started', element: app };
  expect(
    shownAfter(1200, [...RUNNING, started], { columns: 100 })
      .drawn.split('\n')
      .slice(1, 3),
  ).toEqual(['compiling  sdist-wheel/uwsgi.bst 1.2 s | gcc b.c', 'building   sdist-wheel/app.bst 1.2 s']);
});

test('a line is no longer than the terminal is wide', () => {
  expect(shownAfter(1200, RUNNING, { columns: 37 }).drawn.split('\n')[1]).toBe('compiling  sdist-wheel/uwsgi.bst 1.…');
});

test('what has ended is not drawn, and with the last of it everything goes', () => {
  const ended: BuildEvent = { type: 'ended', activity: download, elapsed: 1, failed: false };
  expect(shownAfter(1200, [...RUNNING, ended], { columns: 100 }).drawn).toBe(
    'compiling  sdist-wheel/uwsgi.bst 1.2 s | gcc b.c\n0 of 2 elements done',
  );
  const cached: BuildEvent = { type: 'ended', element: sdist, result: { outcome: 'cached', why: 'key', tree: '' } };
  expect(shownAfter(1200, [...RUNNING, ended, cached], { columns: 100 }).drawn).toBe('');
});

test('elsewhere nothing is said for 20 seconds, and then a line for all that runs', () => {
  expect(shownAfter(19_900, RUNNING)).toEqual({ written: '', drawn: '' });
  expect(shownAfter(65_000, RUNNING).written).toBe(
    ['20.0 s', '40.0 s', '1 min 0 s']
      .flatMap((time) => [
        `[0 of 2] still downloading 3 files ${time}, 3.4 MB\n`,
        `[0 of 2] still compiling sdist-wheel/uwsgi.bst ${time} | gcc b.c\n`,
      ])
      .join(''),
  );
});

test('the command line of a compiler is cut, without a terminal too', () => {
  const output: BuildEvent = {
    type: 'output',
    element: sdist,
    text: `-o b.o\ngcc ${'-I/include '.repeat(50)}\n`,
  };
  const [, line = ''] = shownAfter(20_000, [...RUNNING, output]).written.split('\n');
  expect(line).toMatch(/^\[0 of 2\] still compiling sdist-wheel\/uwsgi\.bst 20\.0 s \| gcc -I\/include .*…$/);
  expect(line).toHaveLength(160);
});

test('where work is drawn, its beginning has no line of its own, unless the output of builds is shown', () => {
  const written = (verbose: boolean, terminal: boolean): string => {
    let text = '';
    const output = { write: (more: string) => (text += more), ...(terminal ? { draw: () => undefined } : {}) };
    const progress = new Progress(output);
    const reporter = new TerminalReporter({ ...output, colour: false, verbose, progress, logOf: () => undefined });
    reporter.listener({ type: 'started', element: sdist });
    reporter.close();
    return text;
  };
  expect(written(false, true)).toBe('');
  for (const shown of [written(true, true), written(false, false)]) {
    expect(shown).toBe('compiling  sdist-wheel/uwsgi.bst bbbbbbbb\n');
  }
});
