import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { readProjects, type ProjectMetadata } from '@wheelhouse/python/internal';
import {
  parsePipConfig,
  readIndexSettings,
  withFileIndexes,
  type IndexSettings,
  type Tools,
} from '@wheelhouse/python/fetch';
import { sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';

let tools: Tools;
let base: string;
beforeAll(async () => {
  tools = await sharedTools();
}, 120_000);
beforeEach(() => {
  base = temporaryDirectory();
  write('home/.config/uv/uv.toml', '');
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(base, name)), { recursive: true });
  writeFileSync(join(base, name), text);
}

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const nowhere = { PIP_CONFIG_FILE: '/dev/null', XDG_CONFIG_DIRS: join(base, 'etc') };
  return { PATH: process.env.PATH, HOME: join(base, 'home'), ...nowhere, ...more };
}

async function read(root: string): Promise<ProjectMetadata> {
  const workspace = join(base, 'workspace');
  const [metadata] = await readProjects([root], { workspace, python: () => Promise.resolve('python3') });
  return metadata!;
}

async function settings(
  root: string,
  more: NodeJS.ProcessEnv = {},
  locals: readonly string[] = [],
): Promise<IndexSettings> {
  const given = environment(more);
  return withFileIndexes(await readIndexSettings(tools, given), {
    projects: [await read(root)],
    locals: await Promise.all(locals.map(read)),
    workspace: join(base, 'workspace'),
    environment: given,
  });
}

/** Where uv itself would look: its settings, as it shows them. */
function ofUv(root: string, more: NodeJS.ProcessEnv = {}): { readonly indexes: string[]; readonly usual?: string } {
  const cwd = join(base, 'workspace', root);
  writeFileSync(join(cwd, 'requirements.in'), '');
  const words = ['pip', 'compile', '--show-settings', 'requirements.in'];
  const output = execFileSync(tools.uv, words, { cwd, encoding: 'utf8', env: environment(more), maxBuffer: 2 ** 28 });
  const [, shown = ''] = /index_locations: IndexLocations(.*?)\n {8}index_strategy/s.exec(output) ?? [];
  const indexes = shown
    .split('Index {')
    .slice(1)
    .map((text) => ({
      url: /given: Some\(\s*"([^"]*)"/.exec(text)?.[1] ?? '',
      name: /name: Some\(\s*IndexName\(\s*"([^"]*)"/.exec(text)?.[1],
      usual: text.includes('default: true'),
      hidden: text.includes('explicit: true') || text.includes('format: Flat'),
    }));
  const first = indexes.filter(
    ({ name }, at) => name === undefined || indexes.findIndex((each) => each.name === name) === at,
  );
  const usual = first.find((index) => index.usual)?.url;
  return {
    indexes: first.filter((index) => !index.usual && !index.hidden).map(({ url }) => url),
    ...(usual === undefined ? {} : { usual }),
  };
}

const PROJECT = '[project]\nname = "app"\nversion = "1"\n';
const FULL = `index-url = "https://project-default.test/simple"
extra-index-url = ["https://project-extra.test/simple"]
[[index]]
name = "first"
url = "https://first.test/simple"
[[index]]
name = "hidden"
url = "https://hidden.test/simple"
explicit = true
[[index]]
name = "shared"
url = "https://project-shared.test/simple"
`;
const USERS = `index-url = "https://user-default.test/simple"
extra-index-url = ["https://user-extra.test/simple"]
[[index]]
name = "shared"
url = "https://user-shared.test/simple"
[[index]]
url = "https://user.test/simple"
`;
const inPyproject = (toml: string): string => `[tool.uv]\n${toml.replaceAll('[[index]]', '[[tool.uv.index]]')}`;

describe('indexes are those that uv would ask, in its order', () => {
  const DEFAULT = `${FULL}[[index]]\nname = "usual"\nurl = "https://usual.test/simple"\ndefault = true\n`;
  test.each<[string, Record<string, string>, NodeJS.ProcessEnv]>([
    ['of uv.toml', { 'app/uv.toml': FULL, 'app/pyproject.toml': PROJECT }, {}],
    ['of [tool.uv]', { 'app/pyproject.toml': PROJECT + inPyproject(FULL) }, {}],
    [
      'of uv.toml, whatever [tool.uv] says beside it',
      { 'app/uv.toml': FULL, 'app/pyproject.toml': PROJECT + inPyproject('index-url = "https://no.test"\n') },
      {},
    ],
    ['of the directory above', { 'uv.toml': DEFAULT, 'app/pyproject.toml': PROJECT }, {}],
    ['of a default among them', { 'app/uv.toml': DEFAULT, 'app/pyproject.toml': PROJECT }, {}],
    [
      'of old variables',
      { 'app/uv.toml': DEFAULT, 'app/pyproject.toml': PROJECT },
      { UV_INDEX_URL: 'https://old.test/simple', UV_EXTRA_INDEX_URL: 'https://old-extra.test/simple' },
    ],
    [
      'of new variables',
      { 'app/uv.toml': DEFAULT, 'app/pyproject.toml': PROJECT },
      {
        UV_DEFAULT_INDEX: 'https://new.test/simple',
        UV_INDEX: 'first=https://new-first.test/simple https://new-extra.test/simple',
      },
    ],
    ['of no file', { 'app/uv.toml': FULL, 'app/pyproject.toml': PROJECT }, { UV_NO_CONFIG: '1' }],
  ])('%s', async (_, files, more) => {
    write('home/.config/uv/uv.toml', USERS);
    for (const [name, text] of Object.entries(files)) write(`workspace/${name}`, text);
    const found = await settings('app', more);
    const uv = ofUv('app', more);
    expect(found.extraIndexUrls).toEqual(uv.indexes);
    if (uv.usual !== undefined) expect(found.indexUrl).toBe(uv.usual);
  });
});

test("without a default of uv it is pip's, and of one index of several the address is known", async () => {
  write('workspace/app/pyproject.toml', `${PROJECT}[[tool.uv.index]]\nname = "a"\nurl = "https://a.test/simple"\n`);
  const { indexUrl, extraIndexUrls } = await settings('app', { PIP_INDEX_URL: 'https://pip.test/simple' });
  expect([indexUrl, extraIndexUrls]).toEqual(['https://pip.test/simple', ['https://a.test/simple']]);
  expect(URL.canParse((await settings('app')).indexUrl ?? '')).toBe(true);
});

test('find-links, flat indexes and `no-index` are read, relative to their file', async () => {
  write(
    'workspace/uv.toml',
    'find-links = ["wheels", "https://links.test/"]\nno-index = true\n[[index]]\nname = "flat"\nurl = "./flat"\nformat = "flat"\n[[index]]\nname = "local"\nurl = "./simple"\n',
  );
  write('workspace/app/pyproject.toml', PROJECT);
  const { findLinks, noIndex, extraIndexUrls } = await settings('app');
  const workspace = join(base, 'workspace');
  expect(findLinks).toEqual([join(workspace, 'flat'), join(workspace, 'wheels'), 'https://links.test/']);
  expect([noIndex, extraIndexUrls]).toEqual([true, [`file://${workspace}/simple`]]);
});

describe('[tool.uv.sources]', () => {
  const SOURCES =
    '[tool.uv.sources]\nAcme_Core = { index = "hidden" }\nother = [{ index = "shared", marker = "sys_platform == \'linux\'" }]\nlocal = { workspace = true }\n';

  test('binds names to indexes, with the credentials of these', async () => {
    write('workspace/app/pyproject.toml', `${PROJECT}${inPyproject(FULL)}${SOURCES}`);
    const { pinned } = await settings('app', { UV_INDEX_HIDDEN_USERNAME: 'u', UV_INDEX_HIDDEN_PASSWORD: 'p' });
    expect(pinned).toEqual([
      { name: 'hidden', url: 'https://u:p@hidden.test/simple', packages: ['acme-core'] },
      { name: 'shared', url: 'https://project-shared.test/simple', packages: ['other'] },
    ]);
  });

  test('of a uv workspace count for its members, and indexes of the user for everybody', async () => {
    write('home/.config/uv/uv.toml', USERS);
    const workspace = '[tool.uv.workspace]\nmembers = ["libs/*"]\n';
    write(
      'workspace/pyproject.toml',
      `${workspace}[[tool.uv.index]]\nname = "root"\nurl = "https://root.test/simple"\n[tool.uv.sources]\na = { index = "root" }\nb = { index = "shared" }\n`,
    );
    write('workspace/libs/one/pyproject.toml', `${PROJECT}[tool.uv.sources]\nb = { index = "root" }\n`);
    write('workspace/libs/two/pyproject.toml', `${PROJECT}[tool.uv.sources]\nc = { index = "shared" }\n`);
    expect((await settings('libs/one')).pinned).toEqual([
      { name: 'root', url: 'https://root.test/simple', packages: ['b', 'a'] },
    ]);
    expect((await settings('libs/two')).pinned).toEqual([
      { name: 'shared', url: 'https://user-shared.test/simple', packages: ['c', 'b'] },
      { name: 'root', url: 'https://root.test/simple', packages: ['a'] },
    ]);
    write('workspace/apps/pyproject.toml', PROJECT);
    expect((await settings('apps')).pinned).toBeUndefined();
  });

  test('of projects that are required count, too', async () => {
    write('workspace/app/pyproject.toml', PROJECT);
    write('workspace/lib/pyproject.toml', `${PROJECT}${inPyproject(FULL)}${SOURCES}`);
    expect((await settings('app', {}, ['lib'])).pinned).toHaveLength(2);
  });

  test('what is wrong with them is said', async () => {
    const message = async (work: Promise<unknown>): Promise<string> =>
      formatError((await work.catch((reason: unknown) => reason)) as ElementError);
    write('workspace/app/pyproject.toml', `${PROJECT}[tool.uv.sources]\na = { index = "nowhere" }\n`);
    expect(await message(settings('app'))).toBe(
      'app/pyproject.toml [line 5 column 0]: `a` is bound to the index `nowhere`, which nothing declares\nhint: declare it in `[[tool.uv.index]]`, or for Poetry in `[[tool.poetry.source]]`, with its `name` and `url`',
    );
    write('workspace/lib/pyproject.toml', `${PROJECT}${inPyproject(FULL)}${SOURCES}`);
    write(
      'workspace/app/pyproject.toml',
      `${PROJECT}${inPyproject(FULL)}[tool.uv.sources]\nacme-core = { index = "first" }\n`,
    );
    expect(await message(settings('app', {}, ['lib']))).toContain(
      'lib/pyproject.toml [line 18 column 0]: `acme-core` is bound to the index `hidden` here, but to another one, `first`, in app/pyproject.toml line 18',
    );
    write('workspace/app/pyproject.toml', `${PROJECT}[tool.uv.sources]\na = [{ index = "x" }, { index = "y" }]\n`);
    expect(await message(settings('app'))).toContain('`a` comes from several indexes: `x`, `y`');
    write('workspace/app/pyproject.toml', `${PROJECT}[[tool.uv.index]]\nurl = "https://user:secret@ho st/"\n`);
    expect(await message(settings('app'))).toContain('`https://ho st/` is not the URL of an index');
  });
});

describe("Poetry's `source`", () => {
  const poetry = (dependency: string, source: string): string =>
    `[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
[tool.poetry]
name = "app"
version = "1"
[tool.poetry.dependencies]
acme = { version = "^1", source = "${dependency}" }
[[tool.poetry.source]]
name = "acme"
${source}
priority = "explicit"
`;

  test('binds a name to a source of its table', async () => {
    write('workspace/app/pyproject.toml', poetry('acme', 'url = "https://acme.test/simple"'));
    expect((await settings('app')).pinned).toEqual([
      { name: 'acme', url: 'https://acme.test/simple', packages: ['acme'] },
    ]);
  });

  test("or to the index that there is without a table, which is pip's own", async () => {
    write('workspace/app/pyproject.toml', poetry('PyPI', 'url = "https://acme.test/simple"'));
    const { configured, pinned } = await settings('app');
    expect(pinned).toEqual([{ name: 'PyPI', url: configured?.usual, packages: ['acme'] }]);
  });

  test('with an invalid URL is refused', async () => {
    write('workspace/app/pyproject.toml', poetry('acme', 'url = "nowhere"'));
    await expect(settings('app')).rejects.toThrow('`nowhere`, the URL of the index `acme`, is not valid');
  });
});

test('metadata with a password in an address is not remembered', async () => {
  write('workspace/app/pyproject.toml', `${PROJECT}[tool.uv]\nindex-url = "https://user:s3cret@host.test/simple"\n`);
  write('workspace/lib/pyproject.toml', PROJECT);
  const memo = join(base, 'memo.json');
  const [app] = await readProjects(['app', 'lib'], {
    workspace: join(base, 'workspace'),
    memo,
    python: () => Promise.resolve('python3'),
  });
  expect(app?.indexes?.table?.indexUrl).toBe('https://user:s3cret@host.test/simple');
  expect(readFileSync(memo, 'utf8')).toContain('workspace/lib');
  expect(readFileSync(memo, 'utf8')).not.toContain('s3cret');
});

test('settings that were not read are taken for those of pip', () => {
  const pip = parsePipConfig("global.index-url='https://pip.test/simple'\n");
  const indexes = {
    indexUrl: 'https://uv.test/simple',
    indexes: [],
    extraIndexUrls: [],
    findLinks: [],
    insecureHosts: [],
    noIndex: false,
  };
  const projects = [{ indexes: { table: indexes, named: [], bindings: [] } }];
  expect(withFileIndexes(pip, { projects, workspace: '/w', environment: {} }).indexUrl).toBe('https://uv.test/simple');
});
