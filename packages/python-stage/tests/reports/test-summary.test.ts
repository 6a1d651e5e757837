import { testSummary } from '../../src/reports/test-summary.js';

const PYTEST = `============================= test session starts ==============================
collected 2 items

tests/test_app.py ..                                                     [100%]

=============================== warnings summary ===============================
tests/test_app.py::test_old
  DeprecationWarning: old

================================ tests coverage ================================
Name         Stmts   Miss  Cover
--------------------------------
app/app.py       4      1    75%
======================== \u001b[32m2 passed\u001b[0m, 1 warning in 0.03s =========================
`;

test('of pytest everything from the first section after the tests is shown', () => {
  expect(testSummary(PYTEST)).toEqual([
    '=============================== warnings summary ===============================',
    'tests/test_app.py::test_old',
    '  DeprecationWarning: old',
    '',
    '================================ tests coverage ================================',
    'Name         Stmts   Miss  Cover',
    '--------------------------------',
    'app/app.py       4      1    75%',
    '======================== 2 passed, 1 warning in 0.03s =========================',
  ]);
});

test('without such sections it is the last line, quiet or not', () => {
  expect(testSummary('..  [100%]\n====== 2 passed in 0.03s ======\nafterwards\n')).toEqual([
    '====== 2 passed in 0.03s ======',
  ]);
  expect(testSummary('..\n2 passed, 1 skipped in 1.20s\n')).toEqual(['2 passed, 1 skipped in 1.20s']);
});

test('of unittest it is the counts and the verdict', () => {
  expect(testSummary('..\n-----\nRan 2 tests in 0.001s\n\nOK (skipped=1)\n')).toEqual([
    'Ran 2 tests in 0.001s',
    'OK (skipped=1)',
  ]);
});

test('of other runners nothing is known', () => {
  expect(testSummary('all is well\n')).toEqual([]);
});

test('the summary of a large project is cut at its start', () => {
  const files = Array.from({ length: 150 }, (_, index) => `app/m${index}.py 1 0 100%`);
  const log = ['====== tests coverage ======', ...files, '====== 2 passed in 0.03s ======', ''].join('\n');
  const summary = testSummary(log);
  expect(summary).toHaveLength(101);
  expect([summary[0], summary.at(-1)]).toEqual([
    '(52 lines of the summary are in the log)',
    '====== 2 passed in 0.03s ======',
  ]);
});
