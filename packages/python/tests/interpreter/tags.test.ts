import { execFileSync } from 'node:child_process';
import { anInterpreter, sharedTools } from '@wheelhouse/python/testing';

test('compatibility tags and markers are those of packaging, in its order', async () => {
  const tools = await sharedTools();
  const interpreter = await anInterpreter();
  const site = execFileSync(
    tools.python,
    ['-c', 'import packaging, os; print(os.path.dirname(os.path.dirname(packaging.__file__)))'],
    { encoding: 'utf8' },
  ).trim();
  const code = `import json, sys; sys.path.append(${JSON.stringify(site)})
from packaging.tags import sys_tags
from packaging.markers import default_environment
print(json.dumps([[str(tag) for tag in sys_tags()], default_environment()]))`;
  const [tags, markers] = JSON.parse(
    execFileSync(interpreter.executable, ['-I', '-c', code], { encoding: 'utf8' }),
  ) as [string[], object];
  expect(interpreter.tags).toEqual(tags);
  expect(interpreter.markers).toEqual(markers);
}, 120_000);
