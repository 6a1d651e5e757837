import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ElementError } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import {
  findPython,
  formatRequirement,
  readEachProject,
  readProjects,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'encodings-'));
});
afterEach(() => {
  rmSync(workspace, { recursive: true, force: true });
});

async function read(files: Readonly<Record<string, string | Buffer>>): Promise<ProjectMetadata> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, 'app', name)), { recursive: true });
    writeFileSync(join(workspace, 'app', name), text);
  }
  const [metadata] = await readProjects(['app'], { workspace, python: () => findPython(process.env) });
  return metadata!;
}

async function failure(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const error: unknown = await read(files).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return formatError(error as ElementError);
}

const lines = ({ dependencies }: ProjectMetadata): string[] => dependencies.map(formatRequirement);
const PROJECT = '[project]\nname = "app"\nversion = "1"\n';
const MARK = '\uFEFF';

test.each([
  ['pyproject.toml', `${MARK}${PROJECT}`],
  ['setup.cfg', `${MARK}[metadata]\nname = app\n`],
])('a byte order mark in %s is refused, as Python refuses it', async (name, text) => {
  expect(await failure({ [name]: text })).toBe(
    `app/${name} [line 1 column 0]: the file begins with a byte order mark, which Python does not read here\n` +
      'hint: save it as UTF-8 without a byte order mark',
  );
  // Who asks for the project by its name is told the same.
  const options = { workspace, python: () => Promise.reject(new Error('no setup.py')) };
  writeFileSync(join(workspace, 'app', name), text.replace(/app/, 'named'));
  expect(await readEachProject(['app'], options)).toMatchObject([{ root: 'app', names: ['named'] }]);
});

test('carriage returns are ends of lines everywhere', async () => {
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
  const cfg =
    '[metadata]\nname = app\nversion = 1\n[options]\ninstall_requires =\n  idna\n  six; python_version > "3"\n';
  expect(lines(await read({ 'setup.cfg': crlf(cfg) }))).toEqual(['idna', 'six ; python_version > "3"']);
  const setup = `${MARK}from setuptools import setup\nsetup(name="app",\n  install_requires=open("reqs.txt").readlines())\n`;
  expect(lines(await read({ 'setup.py': crlf(setup), 'reqs.txt': crlf('a\nb # c\n') }))).toEqual(['a', 'b']);
});

test.each([
  ['UTF-8 with a byte order mark', Buffer.from(`${MARK}idna\r\nsix\r\n`)],
  ['UTF-16, as PowerShell writes it', Buffer.from(`${MARK}idna\r\nsix\r\n`, 'utf16le')],
  ['the encoding that its coding line names', Buffer.from('# coding: latin-1, caf\xe9\nidna\nsix\n', 'latin1')],
])('requirements.txt is read in %s', async (_, bytes) => {
  expect(lines(await read({ 'pyproject.toml': PROJECT, 'requirements.txt': bytes }))).toEqual(['idna', 'six']);
});

test.each([
  ['pyproject.toml', Buffer.from(`${PROJECT}description = "\u20ac caf\xff"\n`, 'utf8'), undefined],
  [
    'pyproject.toml',
    Buffer.concat([Buffer.from(`${PROJECT}description = "\u20ac caf`), Buffer.from([0xe9]), Buffer.from('"\n')]),
    'line 4 column 20',
  ],
  [
    'setup.cfg',
    Buffer.concat([Buffer.from('[metadata]\nname = caf'), Buffer.from([0xe9]), Buffer.from('\n')]),
    'line 2 column 10',
  ],
  ['requirements.txt', Buffer.concat([Buffer.from('idna\n# caf'), Buffer.from([0xe9])]), 'line 2 column 5'],
])('invalid UTF-8 in %s is refused with its position (%#)', async (name, bytes, place) => {
  const files = { 'pyproject.toml': PROJECT, [name]: bytes };
  if (place === undefined) {
    expect((await read(files)).description).toBe('\u20ac caf\xff');
    return;
  }
  expect(await failure(files)).toBe(
    `app/${name} [${place}]: The byte \`0xe9\` is not UTF-8\nhint: save the file as UTF-8`,
  );
});

test('what is declared for tools that are not read is refused by name, unless the options say more', async () => {
  expect(
    await failure({ 'setup.py': 'from setuptools import setup\nsetup(name="app")\n', Pipfile: '[packages]\n' }),
  ).toBe(
    'app/Pipfile [line 1 column 0]: `Pipfile` is not read, and no other file has the requirements of the project\n' +
      'hint: add them to `dependencies` of `[project]`, or list requirements files in the option `requirements`; use `[]` if nothing is required',
  );
  const options = { workspace, python: () => findPython(process.env), settings: () => ({ requirements: [] }) };
  expect((await readProjects(['app'], options))[0]?.dependencies).toEqual([]);
  expect(lines(await read({ 'requirements.in': 'idna\n' }))).toEqual(['idna']);
});
