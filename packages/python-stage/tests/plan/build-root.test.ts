import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_ROOT } from '@wheelhouse/python-stage/internal';

test('the templates build where BUILD_ROOT says', () => {
  const conf = readFileSync(join(__dirname, '../../src/plan/templates/project.conf'), 'utf8');
  expect(/^ {2}build-root: (.*)$/m.exec(conf)?.[1]).toBe(BUILD_ROOT);
});
