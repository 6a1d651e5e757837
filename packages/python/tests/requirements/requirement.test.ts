import { formatRequirement, parseRequirement } from '@wheelhouse/python';

describe('a requirement', () => {
  test.each([
    ['Django>=5.2,<5.3', 'django<5.3,>=5.2'],
    ['requests [Security, tests] >= 2.8.1, == 2.8.*', 'requests[security,tests]==2.8.*,>=2.8.1'],
    ['name', 'name'],
    ['A.B_c', 'a-b-c'],
    ['foo (>=1,<2)', 'foo<2,>=1'],
    ['foo[]', 'foo'],
    ['pip @ https://example.test/pip.zip ; os_name=="nt"', 'pip @ https://example.test/pip.zip ; os_name == "nt"'],
    [
      "x ; python_version<'3.11' and (os_name=='nt' or extra == 'Big')",
      'x ; python_version < "3.11" and (os_name == "nt" or extra == "Big")',
    ],
    ["x; (python_version < '3') or python_version>'4'", 'x ; python_version < "3" or python_version > "4"'],
    ['x ; "win" in sys_platform', 'x ; "win" in sys_platform'],
    ['x ; sys_platform not   in "linux"', 'x ; sys_platform not in "linux"'],
    ['x ; os.name == "posix"', 'x ; os_name == "posix"'],
    ['x===weird', 'x===weird'],
  ])('%s is written as %s', (text, canonical) => {
    expect(formatRequirement(parseRequirement(text))).toBe(canonical);
    expect(formatRequirement(parseRequirement(canonical))).toBe(canonical);
  });

  test.each([
    ['', 'a distribution name is expected at character 1'],
    ['-x', 'a distribution name is expected at character 1'],
    ['x >', '`>` is no version specifier at character 3'],
    ['x 1.0', '`1.0` is no version specifier at character 3'],
    ['x[a', '`,` or `]` is expected at character 4'],
    ['x[a b]', '`,` or `]` is expected at character 5'],
    ['x (>=1', '`)` is expected at character 7'],
    ['x ; python_versio > "3"', '`python_versio` is no variable of the environment at character 5'],
    ['x ; python_version', 'a comparison is expected at character 19'],
    ['x ; "a" == "b"', 'a comparison needs a variable of the environment at character 15'],
    ['x ; os_name == "nt" y', 'nothing more is expected at character 21'],
  ])('%s is refused where it goes wrong', (text, reason) => {
    expect(() => parseRequirement(text, { file: 'pyproject.toml', line: 3, column: 2 })).toThrow(
      expect.objectContaining({
        code: 'METADATA',
        message: `pyproject.toml [line 3 column 2]: \`${text}\` is no valid requirement: ${reason}`,
        hint: 'requirements are written as PEP 508 says: `name[extra]>=1.0 ; python_version < "3.12"`',
      }) as Error,
    );
  });
});
