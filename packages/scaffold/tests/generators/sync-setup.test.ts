import syncSetup from '../../src/generators/sync-setup/generator.js';
import { TestWorkspace, written } from '../support/workspace.js';

const STAGE = '{ "targets": { "stage:test": { "executor": "@wheelhouse/scaffold:stage" } } }\n';

const SETUP = `from setuptools import find_packages, setup

setup(
    name="shop",
    packages=find_packages(include=[
        "shop",
        "shop.*",
    ]),
    include_package_data=True,
    python_requires=">=3.10",
    install_requires=[
        "django<5.3,>=5.2",  # the framework
        "requests",
    ],
    extras_require={
        "test": ["pytest"],
    },
)
`;

const SHOP = {
  'shop/project.json': STAGE,
  'shop/setup.py': SETUP,
  'shop/requirements.txt': 'Django>=5.2,<5.3\nrequests\n',
  'shop/requirements_test.txt': '-r requirements.txt\npytest\n',
  'shop/shop/__init__.py': '',
  'shop/docker/dev/Dockerfile': 'ARG BASE=python:3.11-slim@sha256:0000\nFROM ${BASE}\n',
};

let workspace: TestWorkspace;
afterEach(() => {
  workspace.remove();
});

/** What it says of a workspace, and what it writes; the second time it has nothing to say. */
async function sync(files: Record<string, string>): Promise<{ details: readonly string[]; text: string | undefined }> {
  workspace = new TestWorkspace({ ...SHOP, ...files });
  const tree = workspace.tree();
  const answer = await syncSetup(tree);
  const text = written(tree)['shop/setup.py'];
  workspace.flush(tree);
  const again = workspace.tree();
  expect(await syncSetup(again)).toBeUndefined();
  expect(written(again)).toEqual({});
  return { details: answer?.outOfSyncDetails ?? [], text };
}

test('a setup.py that says what is around it is left alone', async () => {
  expect(await sync({})).toEqual({ details: [], text: undefined });
});

test('requirements that are new or have changed are listed, and added', async () => {
  const { details, text } = await sync({
    'shop/requirements.txt': 'Django>=5.2.1,<5.3\nrequests\ncelery[redis]~=5.4\n',
    'shop/requirements_test.txt': '-r requirements.txt\npytest>=8\npytest-django ; python_version > "3"\n',
  });
  const [install, tests] = ['`install_requires` of `shop/setup.py`', '`extras_require["test"]` of `shop/setup.py`'];
  expect(details).toEqual([
    `\`shop/requirements.txt\` requires \`django<5.3,>=5.2.1\`, and ${install} has \`django<5.3,>=5.2\``,
    `\`shop/requirements.txt\` requires \`celery[redis]~=5.4\`, but ${install} does not`,
    `\`shop/requirements_test.txt\` requires \`pytest>=8\`, and ${tests} has \`pytest\``,
    `\`shop/requirements_test.txt\` requires \`pytest-django ; python_version > "3"\`, but ${tests} does not`,
  ]);
  expect(text).toBe(
    SETUP.replace('"django<5.3,>=5.2"', '"django<5.3,>=5.2.1"')
      .replace('        "requests",\n', '        "requests",\n        "celery[redis]~=5.4",\n')
      .replace('["pytest"]', '["pytest>=8", "pytest-django ; python_version > \\"3\\""]'),
  );
});

test('packages that are new are found, or named where they are listed', async () => {
  const cart = { 'shop/cart/__init__.py': '', 'shop/cart/tests/__init__.py': '' };
  const found = await sync(cart);
  expect(found.details).toEqual(['`find_packages` of `shop/setup.py` does not find `cart`']);
  expect(found.text).toBe(SETUP.replace('"shop.*",\n', '"shop.*",\n        "cart",\n        "cart.*",\n'));
  workspace.remove();

  const setup = "from setuptools import setup\nsetup(name='shop', packages=['shop', 'gone'], version='1')\n";
  const listed = await sync({ ...cart, 'shop/setup.py': setup });
  expect(listed.details).toEqual([
    '`packages` of `shop/setup.py` does not have `cart`',
    '`packages` of `shop/setup.py` has `gone`, which does not exist',
  ]);
  expect(listed.text).toBe(setup.replace("'gone'", '"cart"'));
});

test('files that MANIFEST.in takes up come into wheels', async () => {
  const { details, text } = await sync({
    'shop/MANIFEST.in': 'recursive-include shop *.css\n',
    'shop/shop/a.css': '',
    'shop/setup.py': SETUP.replace('    include_package_data=True,\n', ''),
  });
  expect(details).toEqual(['`shop/setup.py` has no `include_package_data`, without which wheels lack `shop/a.css`']);
  expect(text).toBe(SETUP);
});

test.each<[string, Record<string, string>]>([
  ['without a build stage', { 'shop/project.json': '{ "name": "shop" }\n', 'shop/requirements.txt': 'celery\n' }],
  ['whose requirements are computed', { 'shop/setup.py': 'from setuptools import setup\nsetup(install_requires=R)\n' }],
  ['whose requirements.txt pins all', { 'shop/requirements.txt': 'django==5.2.1\nrequests==2.32.0\nidna==3.10\n' }],
  ['with metadata in pyproject.toml', { 'shop/pyproject.toml': '[project]\n', 'shop/requirements.txt': 'celery\n' }],
  ['that requires what lies beside it', { 'shop/requirements.txt': 'django>=5.2,<5.3\nrequests\n./wheels/a.whl\n' }],
])('a project %s is left alone', async (_what, files) => {
  expect(await sync(files)).toEqual({ details: [], text: undefined });
});

describe('what only a user can decide is refused, and nothing is written:', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a requirement of setup.py alone',
      { 'shop/requirements.txt': 'Django>=5.2,<5.3\n' },
      'shop/setup.py [line 11 column 0]: `requests` is required, but `shop/requirements.txt` does not have it\n' +
        'hint: remove it from `shop/setup.py`, or add it to `shop/requirements.txt`',
    ],
    [
      'a requirement that is none',
      { 'shop/setup.py': SETUP.replace('"requests"', '"requests=2"') },
      'shop/setup.py [line 11 column 0]: ',
    ],
    [
      'a Python that the image does not have',
      { 'shop/setup.py': SETUP.replace('>=3.10', '>=3.12') },
      'shop/setup.py [line 10 column 0]: Python `>=3.12` is required, but `shop/docker/dev/Dockerfile` builds on `python:3.11-slim@sha256:0000`\n' +
        'hint: set another image in `ARG BASE` of the Dockerfiles, or change `python_requires`',
    ],
  ])('%s', async (_what, files, message) => {
    workspace = new TestWorkspace({ ...SHOP, ...files });
    const tree = workspace.tree();
    await expect(syncSetup(tree)).rejects.toThrow(message);
    expect(written(tree)).toEqual({});
  });
});

test('as a generator it writes, and returns nothing', async () => {
  workspace = new TestWorkspace({ ...SHOP, 'shop/cart/__init__.py': '' });
  const tree = workspace.tree();
  expect(await syncSetup(tree, {})).toBeUndefined();
  expect(Object.keys(written(tree))).toEqual(['shop/setup.py']);
});
