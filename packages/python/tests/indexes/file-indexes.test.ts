import type { FileIndexes, FileRequirements } from '@wheelhouse/python/internal';
import { withFileIndexes, type IndexSettings } from '@wheelhouse/python/fetch';

const configured: IndexSettings = {
  indexUrl: 'https://configured/simple',
  extraIndexUrls: ['https://extra/simple'],
  findLinks: ['/links'],
  trustedHosts: [],
  noIndex: false,
};
const none = { extraIndexUrls: [], findLinks: [], trustedHosts: [], noIndex: false };

function projectWith(indexes: Partial<FileIndexes>): { fromFiles: FileRequirements } {
  return {
    fromFiles: {
      ...{ files: [], variables: [], test: [], constraints: [], buildConstraints: [], prereleases: false },
      indexes: { ...none, ...indexes },
    },
  };
}

const context = { workspace: '/w', environment: { TOKEN: 's3cret' } };

test('the index of a requirements file takes the place of the configured one, the rest is added', () => {
  const project = projectWith({
    indexUrl: 'https://user:${TOKEN}@host/simple',
    extraIndexUrls: ['https://other/simple'],
    findLinks: ['app/wheels', 'https://host/links'],
    trustedHosts: ['host'],
  });
  expect(withFileIndexes(configured, { ...context, projects: [project] })).toEqual({
    indexUrl: 'https://user:s3cret@host/simple',
    extraIndexUrls: ['https://extra/simple', 'https://other/simple'],
    findLinks: ['/links', '/w/app/wheels', 'https://host/links'],
    trustedHosts: ['host'],
    noIndex: false,
  });
});

test('what one project replaces is still asked for another, and no index counts only where none has one', () => {
  const [own, plain, closed] = [projectWith({ indexUrl: 'https://host/simple' }), {}, projectWith({ noIndex: true })];
  expect(withFileIndexes(configured, { ...context, projects: [own, plain] })).toMatchObject({
    indexUrl: 'https://host/simple',
    extraIndexUrls: ['https://extra/simple', 'https://configured/simple'],
  });
  expect(withFileIndexes(configured, { ...context, projects: [closed, plain] }).noIndex).toBe(false);
  expect(withFileIndexes(configured, { ...context, projects: [closed] }).noIndex).toBe(true);
});

test('a variable that is not set is an error that names it', () => {
  const projects = [projectWith({ indexUrl: 'https://${OTHER}@host/simple' })];
  expect(() => withFileIndexes(configured, { ...context, projects })).toThrow(
    'the environment variable `OTHER` is not set',
  );
});
