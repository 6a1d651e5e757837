import { ElementError } from '@wheelhouse/element';
import { buildScript, formatError } from '@wheelhouse/element/internal';
import { projectDirectory } from '../load/project-directory.js';
import { resolve } from '../resolve/resolve.js';

/** The script of an element with these sections, or what is said instead. */
async function scriptOf(sections: string): Promise<string> {
  const directory = projectDirectory({
    'project.conf': 'name: test\nmin-version: 2.4\n',
    'app.bst': `kind: manual\n${sections}`,
  });
  const [element] = (await resolve(directory, ['app.bst'])).targets;
  if (element === undefined) throw new Error('no element');
  try {
    return buildScript(element);
  } catch (error) {
    if (error instanceof ElementError) return formatError(error);
    throw error;
  }
}

it('exports variables under names of sh, and the environment', async () => {
  const script = await scriptOf('variables: {a-b: "1", c: "2"}\nenvironment: {MODE: fast}\n');
  const lines = script.split('\n');
  for (const line of ["export a_b='1'", "export c='2'", "export MODE='fast'", "export PREFIX='/buildstream-install'"]) {
    expect(lines).toContain(line);
  }
});

it.each<[string, string, string]>([
  [
    'two variables',
    'variables: {a-b: one, a_b: two}\n',
    'the variable `a-b` and the variable `a_b` are both `a_b` in a script: `one` and `two`',
  ],
  [
    'a variable and the environment',
    'variables: {mode: fast}\nenvironment: {mode: slow}\n',
    'the variable `mode` and `mode` of the environment are both `mode` in a script: `fast` and `slow`',
  ],
  [
    'the directory that the script works in and the environment',
    'environment: {build_root: /elsewhere}\n',
    'the variable `build-root` and `build_root` of the environment are both `build_root` in a script: ' +
      '`/buildstream/test/app.bst` and `/elsewhere`',
  ],
  [
    'the environment and the install root',
    'environment: {PREFIX: /usr}\n',
    '`PREFIX` of the environment and the install root are both `PREFIX` in a script: `/usr` and `/buildstream-install`',
  ],
  [
    'the normal name and a variable',
    'variables: {normal-name: other}\n',
    "the variable `normal-name` and the element's normal name are both `normal_name` in a script: `other` and `app`",
  ],
])('is refused where %s have one name and two values', async (_what, sections, message) => {
  expect(await scriptOf(sections)).toBe(
    `app.bst [line 1 column 0]: app.bst: ${message}\nhint: rename one of them, or give both the same value`,
  );
});

it('is allowed if both have the same value', async () => {
  expect(await scriptOf('variables: {a-b: one, a_b: one}\nenvironment: {a_b: one}\n')).toContain("export a_b='one'\n");
});
