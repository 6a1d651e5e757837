import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseImage, type TestBase } from './support/base-image.js';
import { buildExample, outputOf } from './support/built-example.js';
import { removeTree } from './support/remove-tree.js';
import { EXAMPLE, Workspace } from './support/workspace.js';

const PROJECT = 'todobackend';
/** A layout in the workspace, as the option has it. */
const IMAGE = 'oci:base';

let directory: string;
let base: TestBase;
let workspace: Workspace;

beforeAll(async () => {
  base = await baseImage('python-native', ['python3', 'python3-dev', 'build-essential', 'pkg-config']);
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-image-toolchain-'));
  workspace = new Workspace({ ...EXAMPLE, base: directory });
  cpSync(base.layout, join(workspace.directory, 'base'), { recursive: true });
});

afterAll(() => {
  removeTree(directory);
});

function choose(toolchain: unknown): void {
  const options = { python: '/usr/bin/python3', toolchain };
  workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options }] }));
}

function pure(wheels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(wheels).filter(([path]) => path.endsWith('-none-any.whl')));
}

test('an image that no digest pins is refused with the command that pins it', async () => {
  choose({ image: IMAGE });
  const { exitCode, stderr } = await workspace.wheelhouse(['build', PROJECT]);
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  expect(stderr).toContain(
    `toolchain.lock does not have the image \`${IMAGE}\` for \`${architecture}\`\n` +
      'hint: run `npx wheelhouse toolchain lock` on a machine of that architecture, and commit toolchain.lock',
  );
  expect(exitCode).toBe(1);
});

test('the example is built on the root of an image, twice the same, as on the packages of this machine', async () => {
  choose('packages');
  const packages = await buildExample(workspace);

  choose({ image: IMAGE });
  expect(outputOf(await workspace.wheelhouse(['toolchain', 'lock']))).toContain(
    `pinned: ${IMAGE}: ${base.manifestDigest}`,
  );
  const image = await buildExample(workspace);
  expect(Object.keys(image.wheels)).toContainEqual(expect.stringMatching(/uwsgi-.*-linux_/i));
  // What is compiled is the same only if the compiler and the headers are.
  expect(pure(image.wheels)).toEqual(pure(packages.wheels));
  expect(image.last).toMatch(/^[1-9]\d* built, \d+ cached, 0 failed$/);
  expect((await buildExample(workspace)).last).toMatch(/^0 built, \d+ cached, 0 failed$/);

  // Nothing of the place is needed once it is pinned and in the store.
  rmSync(join(workspace.directory, 'base'), { recursive: true });
  expect((await buildExample(workspace)).last).toMatch(/^0 built, \d+ cached, 0 failed$/);
  expect(outputOf(await workspace.wheelhouse(['toolchain', '--list', PROJECT]))).toContain('kind `image`');
});
