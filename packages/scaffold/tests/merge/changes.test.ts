import { Changes } from '../../src/merge/changes.js';
import { reportText } from '../../src/merge/report.js';
import { TestWorkspace, written } from '../support/workspace.js';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace({ 'app/Dockerfile': 'FROM a\nUSER 1\n', 'app/same': 'same\n' });
});
afterEach(() => {
  workspace.remove();
});

test('a file that is not there is written, with its permissions', () => {
  const tree = workspace.tree();
  new Changes(tree).write('app/run.sh', 'true\n', 0o755);
  expect(tree.listChanges()).toMatchObject([{ path: 'app/run.sh', type: 'CREATE', options: { mode: 0o755 } }]);
});

test('a file that is what would be written stays, and nothing is said', () => {
  const tree = workspace.tree();
  const changes = new Changes(tree);
  changes.write('app/same', 'same\n');
  expect(written(tree)).toEqual({});
  expect(reportText(changes)).toBe('');
});

test("a file that differs stays the user's, and the difference is shown", () => {
  const tree = workspace.tree();
  const changes = new Changes(tree);
  changes.note('there is no MANIFEST.in');
  changes.write('app/Dockerfile', 'FROM b\nUSER 1\n');
  expect(written(tree)).toEqual({});
  expect(reportText(changes)).toBe(
    [
      'there is no MANIFEST.in',
      '`app/Dockerfile` is left unchanged. It differs from what would be generated:',
      '--- app/Dockerfile\tas it is',
      '+++ app/Dockerfile\tas generated',
      '@@ -1,2 +1,2 @@',
      '-FROM a',
      '+FROM b',
      ' USER 1',
      '',
    ].join('\n'),
  );
});
