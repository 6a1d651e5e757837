import { composeName, stageId } from '../../src/run/run-stage.js';

test('projects of one path in two checkouts, and of two similar paths, have different names', () => {
  const names = [
    { directory: '/a', root: 'apps/shop' },
    { directory: '/b', root: 'apps/shop' },
    { directory: '/a', root: 'apps-shop' },
    { directory: '/a', root: '.' },
  ].map(stageId);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]*$/);
  expect(composeName({ directory: '/a', root: 'apps/shop' }, 'dev')).toMatch(/^apps-shop-[0-9a-f]{8}-dev$/);
});
