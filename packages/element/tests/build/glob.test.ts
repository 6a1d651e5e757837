import { globMatcher } from '@wheelhouse/element/internal';

const cases: readonly (readonly [glob: string, path: string, matches: boolean])[] = [
  ['/usr/lib/*.so', '/usr/lib/libc.so', true],
  ['/usr/lib/*.so', '/usr/lib/x/libc.so', false],
  ['/usr/share/**', '/usr/share/doc/a/b', true],
  ['/usr/share/**', '/usr/share', false],
  ['usr/bin/?', '/usr/bin/[', true],
  ['/usr/bin/?', '/usr/bin//', false],
  ['/usr/[ab]/c', '/usr/b/c', true],
  ['/usr/[!ab]/c', '/usr/b/c', false],
  ['/a.b', '/axb', false],
  ['/a+(b)', '/a+(b)', true],
];

test.each(cases)('the glob %s against %s is %s', (glob, path, matches) => {
  expect(globMatcher(glob)(path)).toBe(matches);
});
