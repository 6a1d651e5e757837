import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { parseRequirement, type ProjectMetadata } from '@wheelhouse/python/internal';
import { parseLock, formatLock } from '@wheelhouse/python/lockfile';
import { upgradableNames } from '@wheelhouse/python-lock/internal';

const lock = parseLock(
  formatLock({
    ...{ kind: 'test', distribution: 'app', python: '3.10', uv: '0', requirements: [], hookRequirements: [] },
    entries: ['django', 'sqlparse'].map((normalizedName) => ({
      ...{ normalizedName, version: '1', hashes: [`sha256:${'0'.repeat(64)}`] },
      origin: { file: '', line: 1, column: 0 },
    })),
  }),
  'app/locks/test.txt',
);
const project = { name: 'app', root: 'app' } as ProjectMetadata;
const known = [
  {
    previous: { test: lock, runtime: lock, build: new Map() },
    requirements: { runtime: [], test: [parseRequirement('pytest')], build: [parseRequirement('flit-core')] },
  },
];

test('names in any spelling are those of the locks and of what is required', () => {
  const names = ['Django', 'sqlparse', 'pytest', 'Flit.Core'];
  expect(upgradableNames(names, project, known)).toEqual(['django', 'sqlparse', 'pytest', 'flit-core']);
});

test.each([
  ['djnago', 'did you mean `django`?'],
  ['parse', 'did you mean `sqlparse`?'],
  ['numpy', 'the locks in `app/locks` list the names'],
])('%s is in no lock', (name, hint) => {
  let text = '';
  try {
    upgradableNames([name], project, known);
  } catch (error) {
    text = formatError(error as ElementError);
  }
  expect(text).toBe(`\`${name}\` cannot be upgraded: it is not in the locks of \`app\`\nhint: ${hint}`);
});
