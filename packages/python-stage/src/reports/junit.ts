import type { Element as XmlElement } from '@xmldom/xmldom';
import { childElements, parseXml } from './xml.js';

/** How many tests ended how. */
export interface TestCounts {
  readonly passed: number;
  /** Failures and errors. */
  readonly failed: number;
  readonly skipped: number;
}

/** A test that did not pass. */
export interface FailedTest {
  /** The test as the runner names it: its class, `::`, its name. */
  readonly name: string;
  /** The first line of what the runner says of it; empty if it says nothing. */
  readonly message: string;
}

/** What a JUnit report says. */
export interface TestReport extends TestCounts {
  /** In the order of the report. */
  readonly failures: readonly FailedTest[];
}

/**
 * Reads a JUnit report (Ant's format, of which runners write dialects): each `testcase` counts by its content, in
 * nested suites too. A suite that lists no cases is counted as its attributes say.
 *
 * @param name what messages call the report
 * @throws ElementError ARTIFACT if it is no XML, or no report
 */
export async function readReport(text: string, name: string): Promise<TestReport> {
  const root = await parseXml(text, { name, root: ['testsuites', 'testsuite'] });
  const found = { passed: 0, failed: 0, skipped: 0, failures: [] as FailedTest[] };
  visit(root, found);
  return found;
}

interface Found {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: FailedTest[];
}

function visit(suite: XmlElement, found: Found): void {
  const children = childElements(suite);
  const inner = children.filter(({ tagName }) => tagName === 'testsuite' || tagName === 'testcase');
  if (suite.tagName === 'testsuite' && inner.length === 0) addAttributes(suite, found);
  for (const each of inner) {
    if (each.tagName === 'testsuite') visit(each, found);
    else addCase(each, found);
  }
}

function addCase(testcase: XmlElement, found: Found): void {
  const parts = childElements(testcase);
  const failure = parts.find(({ tagName }) => tagName === 'failure' || tagName === 'error');
  if (failure !== undefined) {
    found.failed += 1;
    found.failures.push({ name: nameOf(testcase), message: messageOf(failure) });
  } else if (parts.some(({ tagName }) => tagName === 'skipped')) found.skipped += 1;
  else found.passed += 1;
}

function addAttributes(suite: XmlElement, found: Found): void {
  const count = (attribute: string): number => Number.parseInt(suite.getAttribute(attribute) ?? '0', 10) || 0;
  const [failed, skipped] = [count('failures') + count('errors'), count('skipped')];
  found.failed += failed;
  found.skipped += skipped;
  found.passed += Math.max(0, count('tests') - failed - skipped);
}

function nameOf(testcase: XmlElement): string {
  const [group, name] = [testcase.getAttribute('classname') ?? '', testcase.getAttribute('name') ?? ''];
  return group === '' ? name : `${group}::${name}`;
}

function messageOf(failure: XmlElement): string {
  const text = failure.getAttribute('message') ?? failure.textContent ?? '';
  return text.trim().split('\n')[0] ?? '';
}
