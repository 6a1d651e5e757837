import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MACHINE_SETTINGS } from '@wheelhouse/python/internal';
import { readIndexSettings, type MachineSettings, type Tools } from '@wheelhouse/python/fetch';
import { sharedTools, temporaryDirectory } from '@wheelhouse/python/testing';

let tools: Tools;
let base: string;
beforeAll(async () => {
  tools = await sharedTools();
}, 120_000);
beforeEach(() => {
  base = temporaryDirectory();
});

function write(name: string, text: string): string {
  const path = join(base, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function read(more: NodeJS.ProcessEnv): Promise<MachineSettings> {
  const environment = { PATH: process.env.PATH, HOME: base, XDG_CONFIG_DIRS: join(base, 'etc'), ...more };
  const { configured } = await readIndexSettings(tools, { PIP_CONFIG_FILE: '/dev/null', ...environment });
  return configured!.machine;
}

const AT_PIP = "pip's configuration";

test('a machine that says nothing of versions has no such settings', async () => {
  expect(await read({})).toEqual({ passedOver: [] });
  const isOff = { PIP_PRE: '0', PIP_NO_BINARY: '', UV_NO_BUILD: 'false', PIP_REQUIRE_HASHES: '1', UV_OFFLINE: '1' };
  expect(await read(isOff)).toEqual({ passedOver: [] });
});

test('variables that would change versions are ignored, each with its replacement', async () => {
  const rows = MACHINE_SETTINGS.filter(({ treatment }) => treatment !== 'honoured').map((row) => ({
    ...row,
    variable: row.tool === 'uv' ? row.name : `PIP_${row.name.toUpperCase().replaceAll('-', '_')}`,
  }));
  expect(await read(Object.fromEntries(rows.map(({ variable }) => [variable, '1'])))).toEqual({
    passedOver: rows
      .filter(({ treatment }) => treatment === 'passed over')
      .map(({ variable, note }) => ({ name: variable, instead: note })),
  });
});

test("pip's configuration counts wherever it is: of the user, of the site, or in a named file", async () => {
  const text = '[global]\nconstraint = /a.txt\n[install]\nno-binary = :all:\n[download]\npre = true\n';
  const expected = [
    { name: 'constraint', file: AT_PIP, instead: 'the option `constraints`' },
    { name: 'no-binary', file: AT_PIP, instead: 'the option `noBinary`' },
  ];
  const user = write('.config/pip/pip.conf', text);
  expect((await read({ PIP_CONFIG_FILE: undefined })).passedOver).toEqual(expected);
  expect((await read({ HOME: '/nowhere', PIP_CONFIG_FILE: user })).passedOver).toEqual(expected);
  write('venv/pip.conf', '[global]\nno-deps = true\nindex-url = https://example.invalid/simple\n');
  const environment = { PATH: process.env.PATH, HOME: '/nowhere', VIRTUAL_ENV: join(base, 'venv') };
  const { configured, indexUrl } = await readIndexSettings(tools, environment);
  expect(configured?.machine.passedOver.map(({ name }) => name)).toEqual(['no-deps']);
  expect(indexUrl).toBe('https://example.invalid/simple');
});

test("settings in the user's and the system's uv.toml are ignored, except those of indexes", async () => {
  const system = write('etc/uv/uv.toml', 'constraint-dependencies = ["six<1"]\nresolution = "lowest"\n');
  const user = write(
    '.config/uv/uv.toml',
    'override-dependencies = ["six<1"]\nno-binary = false\ncache-dir = "x"\nindex-url = "https://example.invalid/simple"\n',
  );
  const instead = (name: string): string => `\`${name}\` in the uv.toml or \`[tool.uv]\` of the workspace`;
  expect(await read({})).toEqual({
    passedOver: [
      { name: 'override-dependencies', file: user, instead: instead('override-dependencies') },
      { name: 'constraint-dependencies', file: system, instead: instead('constraint-dependencies') },
      { name: 'resolution', file: system, instead: instead('resolution') },
    ],
  });
  expect(await read({ UV_NO_CONFIG: '1' })).toEqual({ passedOver: [] });
});

test('a date is taken: of a variable, else of the user, else of the system, else of pip', async () => {
  const pip = write('pip.conf', '[global]\nuploaded-prior-to = 2020-01-01\n');
  const date = async (more: NodeJS.ProcessEnv): Promise<unknown> => (await read(more)).excludeNewer;
  expect(await date({ PIP_CONFIG_FILE: pip })).toEqual({
    value: '2020-01-01',
    at: { name: 'uploaded-prior-to', file: AT_PIP },
    isFirst: false,
  });
  const file = write('etc/uv/uv.toml', 'exclude-newer = 2021-01-01T00:00:00Z\n');
  expect(await date({})).toEqual({
    value: '2021-01-01T00:00:00.000Z',
    at: { name: 'exclude-newer', file },
    isFirst: false,
  });
  const variable = { value: '2022-01-01', isFirst: true };
  const named = { ...variable, at: { name: 'PIP_UPLOADED_PRIOR_TO' } };
  expect(await date({ PIP_UPLOADED_PRIOR_TO: '2022-01-01' })).toEqual(named);
  expect(await date({ PIP_UPLOADED_PRIOR_TO: '1', UV_EXCLUDE_NEWER: '2022-01-01' })).toEqual({
    ...variable,
    at: { name: 'UV_EXCLUDE_NEWER' },
  });
});

test('the page on settings of other tools has the rows of the machine', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/reference/settings-of-other-tools.md'), 'utf8');
  const cells = page.split('\n').flatMap((line) => {
    const found = /^\| (?:pip's |uv's )(`.*?`) +\| (.*?) +\| (.*?) +\|$/.exec(line);
    return found === null ? [] : [found.slice(1).join(' | ')];
  });
  expect(cells).toEqual(MACHINE_SETTINGS.map(({ name, treatment, note }) => `\`${name}\` | ${treatment} | ${note}`));
});
