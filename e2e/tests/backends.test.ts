import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectRef } from '@wheelhouse/python-stage/internal';
import type { FileDigest } from '@wheelhouse/python-stage/wheelhouse';
import { installPackages, REPOSITORY, type Installation } from './support/installation.js';
import { operate, type Answer } from './support/operate.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import { runProgram, runWell } from './support/users.js';

// Each build backend builds a project of its own, twice in different surroundings and without a network. The locks are
// committed, and made with the Python that the tests run on, on a machine with the parts of set-up.mjs.

const FIXTURES = join(REPOSITORY, 'e2e', 'fixtures', 'backends');
const RUST = ['maturin', 'setuptools-rust'];
const MODULES = [
  ...['cffi', 'cython', 'flit', 'hatchling', 'in-tree', 'meson-python', 'pdm-backend', 'poetry-core'],
  ...['scikit-build-core', 'setuptools', 'setuptools-setup-cfg', 'setuptools-setup-py', 'uv-build'],
];
const ALL = [...MODULES, ...RUST];
/** What backends start beside compilers. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'meson-python': ['ninja-build'],
  'scikit-build-core': ['cmake', 'ninja-build'],
};
const PROJECTS: readonly ProjectRef[] = ALL.map((name) => ({
  name,
  root: name,
  settings: { systemPackages: PROGRAMS[name] ?? [] },
}));
const OFFLINE = ['unshare', '--net', '--'];

type Files = { readonly files?: readonly FileDigest[] };

let base: string;
let installation: Installation;
let workspace: string;
let elsewhere: string;
let environment: NodeJS.ProcessEnv;
let first: Answer<Files>;
let second: Answer<Files>;

/** The file of a project's own wheel, and its SHA-256, by project. */
function wheels({ results }: Answer<Files>): Record<string, FileDigest> {
  return Object.fromEntries(
    results.map(({ files = [] }, index) => {
      const wheel = files.find(({ path }) => path.startsWith('wheel/'));
      if (wheel === undefined) throw new Error(`${ALL[index] ?? ''} has no wheel`);
      return [ALL[index] ?? '', wheel];
    }),
  );
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-backends-'));
  chmodSync(base, 0o755);
  installation = installPackages(join(base, 'installation'));
  giveTools(join(base, 'store'));
  workspace = join(base, 'workspace');
  cpSync(FIXTURES, workspace, { recursive: true });
  for (const name of RUST) {
    // Written here, since it holds the name of a registry; its one crate has one version.
    await runWell(['cargo', 'generate-lockfile'], { cwd: join(workspace, name), env: process.env });
  }
  environment = { ...process.env, WHEELHOUSE_CACHE_DIR: join(base, 'store') };
  await operate(installation, [], {
    environment,
    input: { workspace, projects: PROJECTS, operations: ALL.map((name) => ['snapshot', name]) },
  });
  elsewhere = join(base, 'of another user', 'today');
  mkdirSync(elsewhere, { recursive: true });
  await runWell(['sh', '-c', 'umask 0077 && cp -R "$1"/. "$2"', 'sh', workspace, elsewhere], {
    cwd: '/',
    env: process.env,
  });
  const operations = ALL.map((name) => ['wheel', name] as const);
  first = await operate<Files>(installation, OFFLINE, {
    environment,
    input: { workspace, projects: PROJECTS, operations },
  });
  // Nothing is found below this home, but rustup's own place is nowhere else.
  const home = join(base, 'home');
  mkdirSync(home);
  second = await operate<Files>(
    installation,
    [...OFFLINE, 'taskset', '--cpu-list', '0', 'sh', '-c', 'umask 0077 && exec "$@"', 'sh'],
    {
      environment: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(process.env.HOME ?? '/', '.rustup'),
        WHEELHOUSE_CACHE_DIR: join(base, 'another store'),
        TZ: 'Pacific/Kiritimati',
        LC_ALL: 'tr_TR.UTF-8',
      },
      input: { workspace: elsewhere, projects: PROJECTS, operations },
    },
  );
}, 1_200_000);

afterAll(() => {
  removeTree(base);
});

test('every backend builds without a network', () => {
  expect([first.failures, second.failures]).toEqual([[], []]);
  expect(Object.keys(wheels(first))).toEqual(ALL);
});

test.each(ALL)('%s builds identical bytes in a different environment', (name) => {
  expect(wheels(second)[name]).toEqual(wheels(first)[name]);
});

test('what is built is installed and runs', () => {
  const site = join(base, 'site');
  const files = ALL.flatMap((name) => {
    const directory = join(workspace, 'dist', name, 'wheelhouse');
    return readdirSync(directory)
      .filter((file) => file.endsWith('.whl'))
      .map((file) => join(directory, file));
  });
  const distinct = [...new Map(files.map((file) => [file.split('/').at(-1), file])).values()];
  execFileSync('python3', [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-index',
    '--no-deps',
    '--target',
    site,
    ...distinct,
  ]);
  const script = `import importlib, sys
for name in sys.argv[1:]:
    print(importlib.import_module("with_" + name.replace("-", "_")).greet())`;
  const env = { PATH: process.env.PATH, PYTHONPATH: site };
  const greetings = execFileSync('python3', ['-s', '-c', script, ...MODULES], { encoding: 'utf8', env });
  expect(greetings.trimEnd().split('\n')).toEqual(MODULES.map((name) => `hello from ${name}`));
  for (const name of RUST) {
    expect(execFileSync(join(site, 'bin', `with-${name}`), { encoding: 'utf8' })).toBe(`hello from ${name} 1\n`);
  }
});

test.each(RUST)('%s shows the crate and the toolchain that it was built with', async (name) => {
  const dist = join(workspace, 'dist', name);
  const json = (file: string): unknown => JSON.parse(readFileSync(join(dist, file), 'utf8'));
  const { components, dependencies } = json('wheelhouse/sbom.cdx.json') as {
    readonly components: readonly unknown[];
    readonly dependencies: readonly unknown[];
  };
  const purl = 'pkg:cargo/itoa@1.0.11';
  const hashes = [{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) as string }];
  expect(components).toEqual([expect.objectContaining({ name: 'itoa', purl, hashes })]);
  expect(dependencies).toContainEqual({ ref: `pkg:pypi/with-${name}@1.0`, dependsOn: [purl] });
  const rust = { version: expect.stringMatching(/^1\./) as string, identity: expect.any(String) as string };
  expect(json('manifest.json')).toMatchObject({ toolchain: { rust } });
  const { exitCode, stderr } = await runProgram(
    [installation.node, installation.command, 'verify', join(dist, 'wheelhouse')],
    { cwd: '/', env: environment },
  );
  expect([exitCode, stderr]).toEqual([0, '']);
});

/** A copy of the workspace whose snapshots lack the one crate. */
function withoutCrate(name: string): string {
  const copy = join(base, name);
  cpSync(workspace, copy, { recursive: true });
  for (const each of RUST) rmSync(join(copy, 'dist', each, 'snapshot', 'itoa-1.0.11.crate'));
  return copy;
}

test('trap: a build of Rust works offline because of files in ~/.cargo', async () => {
  const cargoHome = join(base, 'warm cargo home');
  const env = { ...process.env, CARGO_HOME: cargoHome };
  await runWell(['cargo', 'fetch'], { cwd: join(workspace, 'maturin'), env });
  const cached = readdirSync(cargoHome, { recursive: true, encoding: 'utf8' });
  expect(cached.some((path) => path.endsWith('/itoa-1.0.11.crate'))).toBe(true);
  const input = { workspace: withoutCrate('cold'), projects: PROJECTS, operations: [['wheel', 'maturin']] };
  const { exitCode, stderr } = await runProgram(
    [...OFFLINE, installation.node, installation.operate, JSON.stringify(input)],
    { cwd: '/', env: { ...env, WHEELHOUSE_CACHE_DIR: join(base, 'third store') } },
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain('cargo cannot fetch a crate');
});

describe('what steers cargo in a project', () => {
  test('steers nothing on this machine: neither its configuration nor its toolchain file is read', async () => {
    const hostile = withoutCrate('hostile');
    const mark = join(base, 'mark');
    const program = join(base, 'steered');
    writeFileSync(program, `#!/bin/sh\ntouch ${mark}\nexit 1\n`, { mode: 0o755 });
    const config = join(hostile, 'maturin', '.cargo');
    mkdirSync(config);
    writeFileSync(
      join(config, 'config.toml'),
      `[build]\nrustc = "${program}"\nrustc-wrapper = "${program}"\n[registry]\nglobal-credential-providers = ["${program}"]\n[source.crates-io]\nreplace-with = "stolen"\n[source.stolen]\ndirectory = "/nowhere"\n`,
    );
    writeFileSync(join(hostile, 'maturin', 'rust-toolchain.toml'), `[toolchain]\npath = "${base}/steered"\n`);
    const { results } = await operate<{ readonly files: number }>(installation, [], {
      environment: { ...environment, WHEELHOUSE_CACHE_DIR: join(base, 'hostile store') },
      input: { workspace: hostile, projects: PROJECTS, operations: [['snapshot', 'maturin']] },
    });
    expect(results[0]?.files).toBeGreaterThan(2);
    expect(existsSync(mark)).toBe(false);
  });

  test('without a Cargo.lock is refused', async () => {
    const bare = join(base, 'without a lock');
    cpSync(workspace, bare, { recursive: true, filter: (path) => !path.includes('/dist') });
    rmSync(join(bare, 'maturin', 'Cargo.lock'));
    const input = { workspace: bare, projects: PROJECTS, operations: [['snapshot', 'maturin']] };
    const { exitCode, stderr } = await runProgram([installation.node, installation.operate, JSON.stringify(input)], {
      cwd: '/',
      env: environment,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('`maturin` is built by cargo, but has no Cargo.lock');
    expect(stderr).toContain(
      'crates are fetched before a build, by checksum: write the file with `cargo generate-lockfile`',
    );
  });
});
