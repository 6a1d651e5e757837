import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import type { Ended } from './support/users.js';
import { EXAMPLE, Workspace, type RunOptions } from './support/workspace.js';

const PROJECT = 'todobackend';
const OUTPUTS = ['wheel', 'wheelhouse'].map((name) => `dist/apps/${PROJECT}/${name}`);
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

function succeeded(ended: Ended): string {
  if (ended.exitCode !== 0) throw new Error(`exit code ${String(ended.exitCode)}:\n${ended.stdout}\n${ended.stderr}`);
  return ended.stdout;
}

function choose(toolchain: unknown): void {
  workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@wheelhouse/build', options: { toolchain } }] }));
}

/** Builds the example. @returns the digests of its wheels, and the build's last line */
async function built(
  options?: RunOptions,
): Promise<{ readonly wheels: Record<string, string>; readonly last: string }> {
  const lines = succeeded(await workspace.wheelhouse(['build', PROJECT], options))
    .trim()
    .split('\n');
  const files = Object.entries(workspace.contents(...OUTPUTS)).filter(([path]) => path.endsWith('.whl'));
  const wheels = files.map(([path, text]) => [path, createHash('sha256').update(text, 'latin1').digest('hex')]);
  return { wheels: Object.fromEntries(wheels) as Record<string, string>, last: lines.at(-1) ?? '' };
}

test('the example is built with packages of a mirror, twice the same in stores of their own', async () => {
  choose({ debian: { suites: SUITES } });
  const said = succeeded(await workspace.wheelhouse(['toolchain', 'lock']));
  expect(said).toMatch(/^pinned: bookworm, bookworm-updates, bookworm-security: \d+ packages$/m);
  expect(said).not.toContain('was not checked');
  const one = await built();
  expect(Object.keys(one.wheels)).toContainEqual(expect.stringMatching(/uwsgi-.*-linux_/i));
  expect((await built()).last).toMatch(/^0 built, \d+ cached, 0 failed$/);

  const other = join(directory, 'other-store');
  giveTools(other);
  const two = await built({ environment: { WHEELHOUSE_CACHE_DIR: other } });
  expect(two.last).toMatch(/^[1-9]\d* built, \d+ cached, 0 failed$/);
  expect(two.wheels).toEqual(one.wheels);
  expect(succeeded(await workspace.wheelhouse(['toolchain', '--list', PROJECT]))).toContain('kind `debian`');
});
