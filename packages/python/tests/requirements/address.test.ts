import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  formatRequirement,
  parseRequirement,
  canonicalAddress,
  eggOf,
  expandVariables,
  parseAddress,
  publicAddress,
} from '@wheelhouse/python/internal';

test.each([
  ['git+https://host/a/b.git', { kind: 'git', repository: 'https://host/a/b.git' }],
  [
    'git+https://u:p@host/a/b.git@v1.0#subdirectory=libs/b&egg=b',
    { kind: 'git', repository: 'https://u:p@host/a/b.git', revision: 'v1.0', subdirectory: 'libs/b' },
  ],
  ['git+ssh://git@host/b@feature/x', { kind: 'git', repository: 'ssh://git@host/b', revision: 'feature/x' }],
  ['git+file:///srv/b@0123abc', { kind: 'git', repository: 'file:///srv/b', revision: '0123abc' }],
  ['file:libs/x%20y', { kind: 'path', path: 'libs/x y' }],
  ['https://host/b-1.0.tar.gz#sha256=ab', { kind: 'archive', url: 'https://host/b-1.0.tar.gz', hashes: ['sha256:ab'] }],
])('the address %s is read', (url, address) => {
  expect(parseAddress(url)).toEqual(address);
});

test.each(['hg+https://host/b', 'git+host:b', 'git+ext://x/y', 'git+https://host/b#subdirectory=../c'])(
  '%s is refused',
  (url) => {
    let text = '';
    try {
      parseAddress(url, { file: 'app/requirements.txt', line: 3, column: 4 });
    } catch (error) {
      text = formatError(error as ElementError);
    }
    expect(text).toBe(
      `app/requirements.txt [line 3 column 4]: unsupported URL: \`${url}\`\n` +
        'hint: use `git+https://HOST/PATH@REVISION#subdirectory=DIRECTORY` (or git+ssh, git+file), the `https://` URL of a wheel or an sdist, or a path',
    );
  },
);

test('a path has one spelling in every file, and inside the workspace it is not absolute', () => {
  const base = { workspace: '/work space', directory: 'apps/shop' };
  expect(canonicalAddress('../../libs/x', base)).toBe('file:libs/x');
  expect(canonicalAddress('file:///work%20space/libs/x', base)).toBe('file:libs/x');
  expect(canonicalAddress('./vendor/a b.whl#sha256=00', base)).toBe('file:apps/shop/vendor/a%20b.whl#sha256=00');
  expect(canonicalAddress('/srv/x.whl', base)).toBe('file:///srv/x.whl');
  expect(canonicalAddress('git+file:///srv/x', base)).toBe('git+file:///srv/x');
});

test('what is written down of an address has no credentials', () => {
  expect(publicAddress('git+https://user:p@ss@host/x@main')).toBe('git+https://host/x@main');
  expect(publicAddress('https://${TOKEN}@host/x')).toBe('https://host/x');
  expect(publicAddress('git+ssh://git:secret@host/x@main')).toBe('git+ssh://git@host/x@main');
  expect(formatRequirement(parseRequirement('X[b,a] @ git+https://t@host/x@v1 ; os_name == "nt"'))).toBe(
    'x[a,b] @ git+https://host/x@v1 ; os_name == "nt"',
  );
  expect(eggOf('git+https://host/x#egg=Name[extra]&subdirectory=y')).toBe('Name[extra]');
});

test('variables are those that pip knows, and one that is not set is named', () => {
  expect(expandVariables('${A}-$A-${a}', () => 'x')).toBe('x-$A-${a}');
  expect(() => expandVariables('${TOKEN}', () => undefined)).toThrow('the environment variable `TOKEN` is not set');
});
