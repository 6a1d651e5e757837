import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectories } from '../support/directories.js';
import { MAJORS, nxVersion, type NxVersion } from '../support/nx-versions.js';
import { startServer, type TestServer } from '../support/server.js';

const directory = temporaryDirectories();

/** What is built depends on FLAVOUR, of which Nx knows nothing: the hole that CVE-2025-36852 (CREEP) goes through. */
const SOURCES = {
  'package.json': '{"name": "shop", "private": true}\n',
  'nx.json': '{"neverConnectToCloud": true, "analytics": false}\n',
  'app/project.json': JSON.stringify({
    name: 'app',
    targets: {
      build: {
        executor: 'nx:run-commands',
        cache: true,
        outputs: ['{projectRoot}/out'],
        options: { command: 'sh app/build.sh' },
      },
      fail: { executor: 'nx:run-commands', cache: true, options: { command: 'false' } },
    },
  }),
  'app/build.sh': [
    'mkdir -p app/out/deep',
    'echo "made of $FLAVOUR"',
    'printf "%s" "$FLAVOUR" > app/out/flavour',
    'head -c 3000000 /dev/urandom > app/out/deep/random',
    'ln -sf flavour app/out/link',
    'chmod 755 app/out/flavour',
    '',
  ].join('\n'),
};

interface Run {
  readonly exitCode: number;
  readonly output: string;
}

/** A fresh clone of the workspace, with nothing in its local cache. */
function clone(
  server: TestServer,
  { modules, program }: NxVersion,
): {
  readonly root: string;
  nx(target: string, token: string, flavour: string): Promise<Run>;
} {
  const root = directory();
  cpSync(original(), root, { recursive: true });
  symlinkSync(modules, join(root, 'node_modules'));
  return {
    root,
    nx: (target, token, flavour) =>
      new Promise((resolve) => {
        const env = {
          PATH: process.env.PATH,
          HOME: root,
          CI: 'true',
          FLAVOUR: flavour,
          NX_DAEMON: 'false',
          // There are no plugins here but Nx's own.
          NX_ISOLATE_PLUGINS: 'false',
          NX_CACHE_DIRECTORY: join(root, '.nx', 'cache'),
          NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx', 'data'),
          NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.url,
          NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
        };
        execFile(process.execPath, [program, 'run', `app:${target}`], { cwd: root, env }, (error, stdout, stderr) => {
          resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout + stderr });
        });
      }),
  };
}

let made: string | undefined;
function original(): string {
  return (made ??= directory(SOURCES));
}

/** Every file below a directory by its path, with its bytes. */
function tree(root: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(root.length), readFileSync(path).toString('base64')]),
  );
}

const outOf = ({ root }: { readonly root: string }): Record<string, string> => tree(join(root, 'app', 'out'));
const flavourOf = ({ root }: { readonly root: string }): string =>
  readFileSync(join(root, 'app', 'out', 'flavour'), 'utf8');

describe.each(MAJORS)('Nx %d with this cache', (major) => {
  const version = nxVersion(major);
  let server: TestServer;

  beforeEach(async () => {
    const root = directory();
    mkdirSync(root, { recursive: true });
    server = await startServer({ directory: root });
  });

  afterEach(async () => {
    await server.server.stop(1000);
  });

  it('stores what a clone built, and gives it to another one byte for byte', async () => {
    const [first, second] = [clone(server, version), clone(server, version)];
    expect(await first.nx('build', server.tokens.main, 'oak')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('made of oak') as string,
    });
    const { exitCode, output } = await second.nx('build', server.tokens.reader, 'elm');
    expect([exitCode, server.outcomes()]).toEqual([0, ['GET miss', 'PUT stored', 'GET hit']]);
    expect(output).toContain('made of oak');
    expect(output).toContain('remote cache');
    expect(outOf(second)).toEqual(outOf(first));
  }, 120_000);

  it('lets a reader build what is not stored, and never stores a failed task', async () => {
    const reader = clone(server, version);
    expect((await reader.nx('build', server.tokens.reader, 'oak')).exitCode).toBe(0);
    expect((await reader.nx('fail', server.tokens.reader, 'oak')).exitCode).toBe(1);
    expect(server.outcomes()).toEqual(['GET miss', 'PUT forbidden', 'GET miss']);
  }, 120_000);

  it('withstands CREEP: main never gets what a pull request wrote first, and the pull request gets the entries of main', async () => {
    const { main, pr1, pr2 } = server.tokens;
    // 1. The pull request changes no source, but what is built, and is the first to write.
    const attacker = clone(server, version);
    expect((await attacker.nx('build', pr1, 'poison')).exitCode).toBe(0);
    // 2. Main builds the same sources, under the same hash.
    const trusted = clone(server, version);
    expect((await trusted.nx('build', main, 'oak')).exitCode).toBe(0);
    expect(flavourOf(trusted)).toBe('oak');
    // 3. Another clone of main, and another pull request, get what main built.
    for (const token of [main, pr2]) {
      const later = clone(server, version);
      expect((await later.nx('build', token, 'elm')).exitCode).toBe(0);
      expect(outOf(later)).toEqual(outOf(trusted));
    }
    // 4. And from now on so does the pull request itself.
    const again = clone(server, version);
    expect((await again.nx('build', pr1, 'poison')).exitCode).toBe(0);
    expect(outOf(again)).toEqual(outOf(trusted));
    expect(server.outcomes()).toEqual([
      'GET miss',
      'PUT stored',
      'GET miss',
      'PUT stored',
      'GET hit',
      'GET hit',
      'GET hit',
    ]);
  }, 240_000);
});
