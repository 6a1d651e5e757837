import { canonicalSpecifier, lowerBound, normalizeName, satisfies } from '@wheelhouse/python/internal';
import { normalizeVersion } from '../../src/requirements/specifier.js';

test.each([
  ['1.2.3', '>=1.2,<2', true],
  ['2.0rc1', '>=1.2,<3', true],
  ['1.2.3', '==1.2.*', true],
  ['1.3', '!=1.3', false],
  ['1.4.5', '~=1.4.2', true],
  ['1.5', '~=1.4.2', false],
  ['1.0+local', '==1.0', true],
  ['1.0', '', true],
])('%s satisfies %s: %s', (version, specifier, answer) => {
  expect(satisfies(version, specifier)).toBe(answer);
});

test.each([
  ['>=3.10', '3.10'],
  ['>=3.9,<4', '3.9'],
  ['<4,>=3.9,!=3.9.1', '3.9'],
  ['~=3.11', '3.11'],
  ['==3.12.*', '3.12'],
  ['>3.8', '3.8'],
  ['<4', undefined],
])('the lowest Python of %s is %s', (specifier, bound) => {
  expect(lowerBound(specifier)).toBe(bound);
});

test.each([
  ['v1.02.0', '1.2.0'],
  ['1.0-RC.1', '1.0rc1'],
  ['1.4.0+Build.7-x', '1.4.0+build.7.x'],
])('the normal form of %s is %s', (version, normal) => {
  expect(normalizeVersion(version)).toBe(normal);
});

test('one specifier set has one spelling', () => {
  expect(canonicalSpecifier(' >= 1.0 , <2')).toBe('<2,>=1.0');
});

test('names are normalised as PEP 503 says', () => {
  expect(normalizeName('Friendly-._.Bard')).toBe('friendly-bard');
});
