import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  lockedClosure,
  readToolchainLock,
  writeToolchainLock,
  type LockedPackage,
  type ToolchainLock,
} from '@wheelhouse/python-stage/internal';

const HASH = 'a'.repeat(64);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-toolchain-lock-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function locked(name: string, needs: readonly (readonly string[])[] = [], rank = 4): LockedPackage {
  const path = `pool/main/${name}_1:2.0-1_amd64.deb`;
  return {
    name,
    version: '1:2.0-1',
    architecture: 'amd64',
    suite: 'stable',
    path,
    size: 10,
    sha256: HASH,
    rank,
    needs,
  };
}

const LOCK: ToolchainLock = {
  images: [
    {
      image: 'registry:localhost:5000/python:3.11',
      architecture: 'amd64',
      ref: {
        digest: `sha256:${HASH}`,
        layers: [
          {
            blob: `sha256:${HASH}/5`,
            'media-type': 'application/vnd.oci.image.layer.v1.tar',
            'diff-id': `sha256:${HASH}`,
          },
        ],
      },
    },
  ],
  debian: [
    {
      suites: ['stable', 'security'],
      components: ['main'],
      architecture: 'amd64',
      packages: [locked('app', [['lib'], ['mawk', 'gawk']]), locked('gawk'), locked('lib'), locked('mawk', [], 1)],
    },
  ],
};

test('what was written is read again, and is the same text in whatever order it is given', () => {
  writeToolchainLock(directory, LOCK);
  const text = readFileSync(join(directory, 'toolchain.lock'), 'utf8');
  expect(text).toMatch(/^# Written by `wheelhouse toolchain lock`: /);
  expect(readToolchainLock(directory)).toEqual(LOCK);
  const [image] = LOCK.images;
  if (image === undefined) throw new Error('no image');
  const other = { ...image, architecture: 'arm64' };
  writeToolchainLock(directory, { ...LOCK, images: [image, other] });
  const both = readFileSync(join(directory, 'toolchain.lock'), 'utf8');
  writeToolchainLock(directory, { ...LOCK, images: [other, image] });
  expect(readFileSync(join(directory, 'toolchain.lock'), 'utf8')).toBe(both);
});

test('a workspace without the file has pinned nothing', () => {
  expect(readToolchainLock(directory)).toEqual({ images: [], debian: [] });
});

test.each([
  ['another version', 'version: 2\n', 1, 9, 'the version is `2`, but this Wheelhouse reads `1`'],
  ['an unknown key', 'version: 1\nimage: x\n', 2, 7, 'Unexpected key: image'],
  ['a package without a hash', package_('sha256: abc'), 9, 12, '`abc` is not a SHA-256'],
  [
    'a size that is not a number',
    package_(`sha256: ${HASH}`, 'size: large'),
    8,
    10,
    "Value of 'size' is not of the expected type 'int'",
  ],
])('says where the file has %s', (_what, text, line, column, reason) => {
  writeFileSync(join(directory, 'toolchain.lock'), text);
  expect(() => readToolchainLock(directory)).toThrow(
    expect.objectContaining({
      code: 'INVALID_DATA',
      message: `toolchain.lock [line ${line} column ${column}]: ${reason}`,
    }) as Error,
  );
});

function package_(sha256: string, size = 'size: 1'): string {
  return [
    'version: 1',
    'debian:',
    '- suites: [stable]',
    '  components: [main]',
    '  architecture: amd64',
    '  packages:',
    '  - name: app',
    `    ${size}`,
    `    ${sha256}`,
    ...['version: 1', 'architecture: all', 'suite: stable', 'path: pool/app.deb', 'rank: 1'].map(
      (each) => `    ${each}`,
    ),
    '',
  ].join('\n');
}

describe('the packages of one toolchain', () => {
  const [{ packages }] = LOCK.debian as readonly [ToolchainLock['debian'][number]];
  const names = (asked: Parameters<typeof lockedClosure>[1]): string[] =>
    lockedClosure(packages, asked).map(({ name }) => name);

  it('are those that are named, with all that they need, by what is locked alone', () => {
    expect(names({ packages: ['app'], optional: ['none'] })).toEqual(['app', 'lib', 'mawk']);
    expect(names({ packages: ['app', 'gawk'], optional: [] })).toEqual(['app', 'gawk', 'lib']);
  });

  it('have to be locked', () => {
    expect(() => names({ packages: ['libpq-dev'], optional: [] })).toThrow(
      expect.objectContaining({
        code: 'TOOLCHAIN',
        reason: 'toolchain.lock does not have the package `libpq-dev`',
        hint: 'run `npx wheelhouse toolchain lock`, and commit toolchain.lock',
      }) as Error,
    );
  });
});
