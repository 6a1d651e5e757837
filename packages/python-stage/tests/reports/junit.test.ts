import { readReport } from '../../src/reports/junit.js';

test.each([
  [
    'suites side by side',
    '<testsuites><testsuite name="a" tests="9"><testcase name="x"/><testcase name="y"><skipped/></testcase></testsuite>' +
      '<testsuite name="b"><testcase name="z"><failure message="no"/></testcase></testsuite></testsuites>',
    { passed: 1, failed: 1, skipped: 1, failures: [{ name: 'z', message: 'no' }] },
  ],
  [
    'suites within suites, whose attributes say the same again',
    '<testsuite tests="2" failures="1"><testsuite tests="2" failures="1"><testcase classname="a.B" name="x"/>' +
      "<testcase name='y' classname='a.B'><error>one\ntwo</error></testcase></testsuite></testsuite>",
    { passed: 1, failed: 1, skipped: 0, failures: [{ name: 'a.B::y', message: 'one' }] },
  ],
  [
    'a test that fails and whose end fails, too',
    '<testsuite tests="1" failures="1" errors="1"><testcase name="x"><failure/></testcase>' +
      '<testcase name="x"><error/></testcase></testsuite>',
    { passed: 0, failed: 2, skipped: 0, failures: [1, 2].map(() => ({ name: 'x', message: '' })) },
  ],
  [
    'text that looks like a suite',
    '<testsuite><testcase name="x"><system-out>&lt;testsuite tests="7"&gt;<![CDATA[<testcase/>]]></system-out>' +
      '</testcase><!-- <testcase/> --></testsuite>',
    { passed: 1, failed: 0, skipped: 0, failures: [] },
  ],
  [
    'a suite without cases, by its attributes in whatever order',
    "<testsuites><testsuite tests = '10'\n name='a' skipped='3' errors='1' failures='2'></testsuite>" +
      '<testsuite errors="0" tests="5"/></testsuites>',
    { passed: 9, failed: 3, skipped: 3, failures: [] },
  ],
  ['no test at all', '<?xml version="1.0"?>\n<testsuites/>', { passed: 0, failed: 0, skipped: 0, failures: [] }],
])('a JUnit report is read: %s', async (_what, text, expected) => {
  expect(await readReport(text, 'the report')).toEqual(expected);
});

test.each([
  ['<testsuite><testcase></testsuite>', 'the report is not well-formed XML: Opening and ending tag mismatch: '],
  ['', 'the report is not well-formed XML: missing root element'],
  ['<testsuite', 'the report is not well-formed XML: unexpected end of input'],
  ['<html/>', 'the report is not a report: its root element is `html`'],
])('an invalid report is an error: %s', async (text, message) => {
  await expect(readReport(text, 'the report')).rejects.toThrow(message);
});
