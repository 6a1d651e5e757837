import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExample, outputOf } from './support/built-example.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import { EXAMPLE, Workspace } from './support/workspace.js';

const PROJECT = 'todobackend';
/** What apt of this machine has; the security updates are of another mirror. */
const SUITES = ['bookworm', 'bookworm-updates', 'bookworm-security'];

let directory: string;
let workspace: Workspace;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-debian-toolchain-'));
  workspace = new Workspace({ ...EXAMPLE, base: directory });
});

afterAll(() => {
  removeTree(directory);
});

function choose(toolchain: unknown): void {
  workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options: { toolchain } }] }));
}

test('the example is built with packages of a mirror, twice the same in stores of their own', async () => {
  choose({ debian: { suites: SUITES } });
  const said = outputOf(await workspace.wheelhouse(['toolchain', 'lock']));
  expect(said).toMatch(/^pinned: bookworm, bookworm-updates, bookworm-security: \d+ packages$/m);
  expect(said).not.toContain('was not checked');
  const one = await buildExample(workspace);
  expect(Object.keys(one.wheels)).toContainEqual(expect.stringMatching(/uwsgi-.*-linux_/i));
  expect((await buildExample(workspace)).last).toMatch(/^0 built, \d+ cached, 0 failed$/);

  const other = join(directory, 'other-store');
  giveTools(other);
  const two = await buildExample(workspace, { environment: { WHEELHOUSE_CACHE_DIR: other } });
  expect(two.last).toMatch(/^[1-9]\d* built, \d+ cached, 0 failed$/);
  expect(two.wheels).toEqual(one.wheels);
  expect(outputOf(await workspace.wheelhouse(['toolchain', '--list', PROJECT]))).toContain('kind `debian`');
});
