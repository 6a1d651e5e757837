import { forwardedWords } from '../../src/executors/forwarded-words.js';

const OWN = { flags: ['verbose', 'retryFailed'], values: ['args'] };

it.each<[string[], string[]]>([
  [
    ['-k', 'name', '-x'],
    ['-k', 'name', '-x'],
  ],
  [
    ['--retryFailed', '-k', 'a or b'],
    ['-k', 'a or b'],
  ],
  [['--retry-failed=true', '--no-verbose', 'tests/test_a.py'], ['tests/test_a.py']],
  [['--verbose', 'false', '--maxfail=1'], ['--maxfail=1']],
  [['--args', '-x', '--args=-v', '--cov-fail-under=90'], ['--cov-fail-under=90']],
  [[], []],
])('of the arguments %j the runner gets %j', (words, expected) => {
  expect(forwardedWords({ __unparsed__: words }, OWN)).toEqual(expected);
});

it('reports an unknown option of a configuration', () => {
  expect(() => forwardedWords({ ...{ retryFaild: true }, __unparsed__: [] }, OWN)).toThrow(
    expect.objectContaining({
      message: 'unknown option `retryFaild`',
      hint: 'the options are `verbose`, `retryFailed`, `args`',
    }) as Error,
  );
});
