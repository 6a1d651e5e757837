import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { parseLock, formatLock } from '@wheelhouse/python/lockfile';
import { cargoLocks, mergeCrates, parseCargoLock } from '../../src/rust/cargo-lock.js';
import { usesCargo } from '../../src/lockfile/crate.js';

const CHECKSUM = 'a'.repeat(64);
const OWN = 'registry+https://github.com/rust-lang/an-index';
const OTHER = 'sparse+https://crates.example/index/';

function entry(name: string, fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ name, version: '1.0.0', ...fields }).map(([key, value]) => `${key} = "${value}"\n`);
  return `[[package]]\n${lines.join('')}\n`;
}

function complaint(text: string): string {
  try {
    parseCargoLock(text, 'app/Cargo.lock');
  } catch (error) {
    return formatError(error as ElementError);
  }
  return '';
}

test('the crates of registries are read, and those by path are a part of the sources', () => {
  const text = [
    'version = 4\n\n',
    entry('with-path', {}),
    entry('other', { source: OTHER, checksum: CHECKSUM }),
    entry('itoa', { version: '1.0.0+build', source: OWN, checksum: CHECKSUM }),
  ].join('');
  expect(parseCargoLock(text, 'Cargo.lock')).toEqual([
    { name: 'itoa', version: '1.0.0+build', checksum: `sha256:${CHECKSUM}` },
    { name: 'other', version: '1.0.0', checksum: `sha256:${CHECKSUM}`, registry: OTHER },
  ]);
});

const HINT = 'hint: use a crate from a registry, or a path dependency inside the project';

test.each([
  [
    'from a git repository',
    entry('x', { source: 'git+https://git.example/x#0123' }),
    `app/Cargo.lock: the crate \`x 1.0.0\` is from \`git+https://git.example/x#0123\`, but only registries have checksums\n${HINT}`,
  ],
  ['without a checksum', entry('x', { source: OWN }), `app/Cargo.lock: the crate \`x 1.0.0\` has no checksum\n${HINT}`],
  [
    'whose name would be something else in a manifest',
    entry('x', { version: "1.0.0', git = 'y", source: OWN, checksum: CHECKSUM }),
    `app/Cargo.lock: \`x 1.0.0', git = 'y\` is not a crate\n${HINT}`,
  ],
])('a crate %s is refused', (_what, text, message) => {
  expect(complaint(text)).toBe(message);
});

test('the Cargo.lock nearest to the top counts, and all that are equally near', () => {
  expect(cargoLocks(['src/a/Cargo.lock', 'Cargo.lock', 'Cargo.lock.orig', 'tests/Cargo.lock'])).toEqual(['Cargo.lock']);
  expect(cargoLocks(['b/Cargo.lock', 'a/Cargo.lock', 'a/c/Cargo.lock'])).toEqual(['a/Cargo.lock', 'b/Cargo.lock']);
  expect(cargoLocks(['setup.py'])).toEqual([]);
  const crate = { name: 'x', version: '1.0.0', checksum: `sha256:${CHECKSUM}` };
  expect(mergeCrates([[crate], [{ ...crate }]])).toEqual([crate]);
});

test('crates in the header of a build lock are read and written back; an invalid line is refused', () => {
  const crates = [
    { name: 'itoa', version: '1.0.0+build', checksum: `sha256:${CHECKSUM}` },
    { name: 'other', version: '1.0.0', checksum: `sha256:${CHECKSUM}`, registry: OTHER },
  ];
  const text = formatLock({
    ...{
      kind: 'build',
      distribution: 'x==1',
      python: '3.11',
      uv: '0',
      requirements: ['maturin'],
      hookRequirements: [],
    },
    crates,
    entries: [],
  });
  expect(text.split('\n')).toContain(`# crate: other==1.0.0 sha256:${CHECKSUM} ${OTHER}`);
  expect(parseLock(text, 'x.txt').crates).toEqual(crates);
  expect(() => parseLock(text.replace('other==1.0.0', 'other'), 'x.txt')).toThrow(
    `x.txt [line 1 column 0]: \`other sha256:${CHECKSUM} ${OTHER}\` is not a locked crate`,
  );
});

test('it is maturin and setuptools-rust that run cargo', () => {
  const entryOf = (normalizedName: string) => ({
    normalizedName,
    version: '1',
    hashes: [],
    origin: { file: '', line: 1, column: 0 },
  });
  expect(usesCargo({ entries: [entryOf('setuptools'), entryOf('maturin')] })).toBe(true);
  expect(usesCargo({ entries: [entryOf('setuptools-rust')] })).toBe(true);
  expect(usesCargo({ entries: [entryOf('setuptools')] })).toBe(false);
});
