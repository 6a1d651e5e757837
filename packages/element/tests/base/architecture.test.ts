import { canonicalArchitecture } from '@wheelhouse/element/internal';

describe('canonicalArchitecture', () => {
  it.each([
    ['x64', 'x86-64'],
    ['x86_64', 'x86-64'],
    ['AMD64', 'x86-64'],
    ['i686', 'x86-32'],
    ['arm64', 'aarch64'],
    ['aarch64_be', 'aarch64-be'],
    ['ppc64le', 'power-isa-le'],
    ['pdp11', undefined],
    ['constructor', undefined],
  ])('knows %s as %s', (name, expected) => {
    expect(canonicalArchitecture(name)).toBe(expected);
  });
});
