import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { Workspace } from './support/workspace.js';

const FAULTS = 'unsteady/faults.txt';
const WHEEL = 'unsteady-1.0.0-py3-none-any.whl';
const INFO = 'unsteady-1.0.0.dist-info';

let directory: string;
let workspace: Workspace;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-second-build-'));
  const source = join(REPOSITORY, 'e2e', 'fixtures', 'second-build');
  workspace = new Workspace({ base: directory, source, parts: ['unsteady', 'nx.json'] });
});

afterAll(() => {
  removeTree(directory);
});

/** What the command says of the build beside how it went: lines, without the times in them. */
async function build(...words: readonly string[]): Promise<{ exitCode: number | null; said: string[]; last: string }> {
  const { exitCode, stdout, stderr } = await workspace.wheelhouse(['build', 'unsteady', ...words]);
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  return {
    exitCode,
    said: lines
      .filter(
        (line) =>
          !/^(?:\[\d+ of \d+\] )?(building|built|installing|installed|downloaded|compiling|compiled|cached|still|python:) /.test(
            line,
          ),
      )
      .slice(0, -1)
      .map((line) =>
        line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID'),
      ),
    last: lines.at(-1) ?? '',
  };
}

test('wheel and sdist are identical in a different environment, and are really built each time', async () => {
  const made = [
    `wheel: dist/unsteady/wheel/${WHEEL}`,
    'sdist: dist/unsteady/sdist/unsteady-1.0.0.tar.gz',
    'wheelhouse: dist/unsteady/wheelhouse',
    `verified: ${WHEEL} is identical when rebuilt`,
    'verified: unsteady-1.0.0.tar.gz is identical when rebuilt',
  ];
  expect(await build('--format', 'sdist', '--verify')).toMatchObject({ exitCode: 0, said: made });
  const varied = ['path', 'timezone', 'locale', 'home', 'hash-seed'].flatMap((what) => ['--vary', what]);
  const again = await build('--format', 'sdist', '--verify', ...varied);
  expect(again).toMatchObject({ exitCode: 0, said: made });
  expect(again.last).toMatch(/^2 built, \d+ cached, 0 failed$/);
});

test('the sdist is in the manifest, is verified with it, and is removed when it is no longer requested', async () => {
  await build('--format', 'sdist');
  const manifest = JSON.parse(workspace.read('dist/unsteady/manifest.json')) as { files: { path: string }[] };
  const paths = manifest.files.map(({ path }) => path);
  expect(paths.slice(0, 3)).toEqual([`wheel/${WHEEL}`, 'sdist/unsteady-1.0.0.tar.gz', `wheelhouse/${WHEEL}`]);
  expect((await workspace.wheelhouse(['verify', 'unsteady'])).stdout).toMatch(/ checked, 0 wrong\n$/);
  workspace.write('dist/unsteady/sdist/unsteady-1.0.0.tar.gz', 'tampered with');
  expect(await workspace.wheelhouse(['verify', 'unsteady'])).toMatchObject({ exitCode: 1 });
  await build();
  expect(readdirSync(workspace.path('dist/unsteady')).sort()).toEqual(['manifest.json', 'wheel', 'wheelhouse']);
});

test('a build that is not the same names each member and the reason, and writes nothing', async () => {
  workspace.remove('dist');
  workspace.write(FAULTS, 'clock directory path identifier sdist-clock\n');
  const clock = await build('--format', 'sdist', '--verify');
  expect(clock).toMatchObject({ exitCode: 2 });
  expect(clock.said.map((line) => line.replace(/line \d is .*/, 'line ...'))).toEqual([
    `${WHEEL} differs when rebuilt:`,
    '  unsteady/clock.txt: timestamp: it contains `TIME` and `TIME`',
    '  unsteady/directory.txt: order: the same lines in another order: line ...',
    `  ${INFO}/sboms/unsteady.cyclonedx.json: embedded SBOM: the identifiers \`UUID\` and \`UUID\``,
    `  ${INFO}/RECORD: consequence: it lists the members that differ`,
    'unsteady-1.0.0.tar.gz differs when rebuilt:',
    '  unsteady-1.0.0/now: timestamp: it contains `TIME` and `TIME`',
  ]);
  expect(() => readdirSync(workspace.path('dist'))).toThrow('ENOENT');
});

test('what the sandbox fixes differs where it is varied: the path, the umask', async () => {
  workspace.write(FAULTS, 'path\n');
  expect(await build('--verify')).toHaveEndedWell();
  expect((await build('--verify', '--vary', 'path')).said).toEqual([
    `${WHEEL} differs when rebuilt:`,
    '  unsteady/path.txt: build path: it embeds `/application` and `/srv/elsewhere/project`',
    `  ${INFO}/RECORD: consequence: it lists the members that differ`,
  ]);
  const { said } = await build('--verify', '--vary', 'umask');
  expect(said[1]).toBe('  unsteady/__init__.py: mode: 0644 and 0600');
});

test('the executor fails for it, too, and the arguments of the command line are checked', async () => {
  workspace.write(FAULTS, 'clock\n');
  const { exitCode, stdout } = await workspace.nx(['run', 'unsteady:build-wheel', '--verify', '--formats=wheel,sdist']);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`${WHEEL} differs when rebuilt:\n  unsteady/clock.txt: timestamp: `);
  expect((await workspace.wheelhouse(['build', 'unsteady', '--format', 'egg'])).stderr).toBe(
    'wheelhouse build: --format is one of wheel, sdist, not `egg`\nhint: `wheelhouse build --help` shows its usage\n',
  );
  const refused = await workspace.nx(['run', 'unsteady:build-wheel', '--formats=sdist']);
  expect(refused.stdout).toContain(
    '`formats` is `["sdist"]`, without `wheel`\nhint: the wheel is tested and installed, so it is always built: use `["wheel", "sdist"]`',
  );
});
