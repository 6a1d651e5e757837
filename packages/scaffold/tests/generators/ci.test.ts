import { parse } from 'yaml';
import ci from '../../src/generators/ci/generator.js';
import type { CiGeneratorSchema } from '../../src/generators/ci/schema.js';
import { expectGolden } from '../support/golden.js';
import { heard } from '../support/heard.js';
import { TestWorkspace, written } from '../support/workspace.js';

let workspace: TestWorkspace;
const said = heard();
beforeEach(() => {
  workspace = new TestWorkspace({ 'package-lock.json': '{}\n' });
});
afterEach(() => {
  workspace.remove();
});

function generate(options: CiGeneratorSchema): Record<string, string> {
  const tree = workspace.tree();
  ci(tree, options);
  workspace.flush(tree);
  return written(tree);
}

test.each<[string, CiGeneratorSchema]>([
  ['ci-github', { provider: 'github' }],
  ['ci-github-stage', { provider: 'github', stage: true, branch: 'trunk' }],
  ['ci-gitlab-stage', { provider: 'gitlab', stage: true }],
])('%s', (golden, options) => {
  const tree = workspace.tree();
  ci(tree, options);
  expectGolden(tree, '.', golden);
  for (const text of Object.values(written(tree))) expect(parse(text)).toBeInstanceOf(Object);
  workspace.flush(tree);
  expect(generate(options)).toEqual({});
  expect(said()).toBe('');
});

test("jobs are added to GitLab's pipeline, and what is there keeps its form", () => {
  const present = 'stages:   [test]   # ours\n\nlint:\n    script: [ "true" ]\n';
  workspace.write('.gitlab-ci.yml', present);
  const text = generate({ provider: 'gitlab' })['.gitlab-ci.yml']!;
  expect(text.startsWith(present)).toBe(true);
  expect(Object.keys(parse(text) as object)).toEqual(['stages', 'lint', 'python-wheels']);
  expect(generate({ provider: 'gitlab' })).toEqual({});
  expect(said()).toBe('');
});

test('a job that was changed stays, and the difference is shown', () => {
  generate({ provider: 'gitlab' });
  workspace.write(
    '.gitlab-ci.yml',
    (workspace.tree().read('.gitlab-ci.yml', 'utf8') ?? '').replace('nx sync:check', 'nx sync'),
  );
  expect(generate({ provider: 'gitlab' })).toEqual({});
  expect(said()).toContain('-    - npx nx sync\n+    - npx nx sync:check\n');
});

test.each([
  ['jobs: [\n', '.gitlab-ci.yml [line '],
  ['- a\n', '.gitlab-ci.yml [line 1 column 0]: it is no mapping of jobs'],
])('a pipeline that cannot be read is refused: %j', (text, message) => {
  workspace.write('.gitlab-ci.yml', text);
  const tree = workspace.tree();
  expect(() => {
    ci(tree, { provider: 'gitlab' });
  }).toThrow(message);
  expect(written(tree)).toEqual({});
});

test('an unknown provider is refused', () => {
  expect(() => generate({ provider: 'jenkins' as 'github' })).toThrow(
    'the option `provider` is `jenkins`\nhint: it is one of `github`, `gitlab`',
  );
});
