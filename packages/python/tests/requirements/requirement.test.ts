import { formatRequirement, parseRequirement } from '@wheelhouse/python/internal';

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
    ['', 'expected a distribution name at character 1'],
    ['-x', 'expected a distribution name at character 1'],
    ['x >', '`>` is not a version specifier at character 3'],
    ['x 1.0', '`1.0` is not a version specifier at character 3'],
    ['x[a', 'expected `,` or `]` at character 4'],
    ['x[a b]', 'expected `,` or `]` at character 5'],
    ['x (>=1', 'expected `)` at character 7'],
    ['x ; python_versio > "3"', '`python_versio` is not an environment marker variable at character 5'],
    ['x ; python_version', 'expected a comparison at character 19'],
    ['x ; "a" == "b"', 'a comparison needs an environment marker variable at character 15'],
    ['x ; os_name == "nt" y', 'expected the end at character 21'],
  ])('%s is refused where it goes wrong', (text, reason) => {
    expect(() => parseRequirement(text, { file: 'pyproject.toml', line: 3, column: 2 })).toThrow(
      expect.objectContaining({
        code: 'METADATA',
        message: `pyproject.toml [line 3 column 2]: \`${text}\` is not a valid requirement: ${reason}`,
        hint: 'requirements must follow PEP 508: `name[extra]>=1.0 ; python_version < "3.12"`',
      }) as Error,
    );
  });
});
