import { stripVTControlCharacters } from 'node:util';

/** How many lines of a summary are shown: coverage of a large project has one for each file. */
const LIMIT = 100;

/** Where pytest begins to sum up: the sections that come after the tests. */
const PYTEST_SECTION = /^(?:=+ (?:warnings summary|slowest|tests coverage|short test summary)|-+ coverage)/;
/** Its last line, such as `==== 3 passed, 1 warning in 0.12s ====`; without the rules where it is quiet. */
const PYTEST_END = /^(?:=+ )?\d+ (?:passed|skipped|deselected|xfailed|xpassed|warnings?)\b.* in [\d.]+m?s\b/;
const UNITTEST = /^Ran \d+ tests? in [\d.]+s$/;

/**
 * What a runner of tests says at the end of a run that passed: pytest's warnings, coverage and counts, or unittest's
 * counts; nothing for others.
 *
 * @param log everything the run wrote
 */
export function testSummary(log: string): readonly string[] {
  const lines = stripVTControlCharacters(log)
    .split('\n')
    .map((line) => line.trimEnd());
  const unittest = lines.findLastIndex((line) => UNITTEST.test(line));
  if (unittest >= 0) return lines.slice(unittest).filter((line) => line !== '');
  const end = lines.findLastIndex((line) => PYTEST_END.test(line));
  if (end < 0) return [];
  const start = lines.findIndex((line) => PYTEST_SECTION.test(line));
  const summary = lines.slice(start < 0 || start > end ? end : start, end + 1);
  if (summary.length <= LIMIT) return summary;
  return [`(${summary.length - LIMIT} lines of the summary are in the log)`, ...summary.slice(-LIMIT)];
}
