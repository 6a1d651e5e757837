import { formatTier, parseTier } from '@wheelhouse/cache/internal';

describe('a tier', () => {
  it.each(['trusted', 'read', 'admin', 'pr:1', 'pr:123456789012345'])('is written as it is read: %s', (text) => {
    const tier = parseTier(text);
    expect(tier && formatTier(tier)).toBe(text);
  });

  it.each([
    '',
    'Trusted',
    'trusted ',
    'pr',
    'pr:',
    'pr:0',
    'pr:01',
    'pr:-1',
    'pr:1e3',
    'pr:1234567890123456',
    'pr:../trusted',
  ])('is not `%s`', (text) => {
    expect(parseTier(text)).toBeUndefined();
  });
});
