import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@wheelhouse/python/testing';

const HELPERS = join(__dirname, '../../src/elements/helpers');

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(helper: string, args: readonly string[], cwd: string): Ended {
  const result = spawnSync('python3', ['-s', '-B', join(HELPERS, helper), ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: '1321009871' },
  });
  return { code: result.status, output: result.stdout + result.stderr };
}

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** An archive made by Python's own tarfile: names to contents, `-> target` for a link. */
function archive(members: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  const script = `
import io, json, sys, tarfile
with tarfile.open(sys.argv[1], "w:gz") as tar:
    for name, text in json.loads(sys.argv[2]).items():
        member = tarfile.TarInfo(name)
        if text.startswith("-> "):
            member.type, member.linkname = tarfile.SYMTYPE, text[3:]
            tar.addfile(member)
        elif text == "fifo":
            member.type = tarfile.FIFOTYPE
            tar.addfile(member)
        else:
            member.mode = 0o755 if name.endswith(".sh") else 0o600
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
`;
  const made = spawnSync('python3', ['-c', script, join(directory, 'x-1.0.tar.gz'), JSON.stringify(members)]);
  expect(made.status).toBe(0);
  return directory;
}

describe('unpack.py', () => {
  test('an sdist is unpacked without its top-level directory, with modes 644 and 755', () => {
    const cwd = temporaryDirectory();
    const sdist = archive({ 'x-1.0/setup.py': 's', 'x-1.0/bin/run.sh': 'r', 'x-1.0/link': '-> setup.py' });
    expect(run('unpack.py', [sdist], cwd)).toEqual({ code: 0, output: '' });
    expect(readdirSync(cwd).sort()).toEqual(['bin', 'link', 'setup.py']);
    expect(readFileSync(join(cwd, 'link'), 'utf8')).toBe('s');
  });

  test.each([
    [
      'a member above it',
      { 'x-1.0/../../out': 'o' },
      "the sdist contains the member 'x-1.0/../../out', which is outside of it\n",
    ],
    ['an absolute member', { '/out': 'o' }, "the sdist contains the member '/out', which is outside of it\n"],
    ['a link out of it', { 'x-1.0/a/b': '-> ../../out' }, "the sdist's link 'x-1.0/a/b' points outside of it\n"],
    ['an absolute link', { 'x-1.0/a': '-> /etc/passwd' }, "the sdist's link 'x-1.0/a' points outside of it\n"],
    ['a fifo', { 'x-1.0/f': 'fifo' }, "the sdist's member 'x-1.0/f' is not a file, directory or link\n"],
  ])('%s is refused', (_what, members, message) => {
    const cwd = temporaryDirectory();
    expect(run('unpack.py', [archive(members)], cwd)).toEqual({ code: 1, output: message });
    expect(existsSync(join(dirname(cwd), 'out'))).toBe(false);
  });

  test('one sdist is expected', () => {
    const empty = temporaryDirectory();
    expect(run('unpack.py', [empty], temporaryDirectory()).output).toBe(`${empty} contains 0 sdists, expected one\n`);
  });
});

const BACKEND = `
import zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(directory + "/x-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("x-1.0.dist-info/METADATA", "Name: x\\nVersion: 1.0\\nRequires-Dist: y\\n")
    return "x-1.0-py3-none-any.whl"
`;
const SDIST_BACKEND = `
import tarfile
def get_requires_for_build_wheel():
    return ["y", "z>=1"]
def get_requires_for_build_sdist():
    return REQUIRES
def build_sdist(directory, config_settings=None):
    for mode in ("w:gz", "w|gz"):
        with tarfile.open(directory + "/x-1.0.tar.gz" if mode == "w:gz" else directory + "/x-2.0.tar.gz", mode) as sdist:
            sdist.add("pyproject.toml", "x-1.0/pyproject.toml")
    return "x-1.0.tar.gz"
`;
const IN_TREE = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["tools"]\n';

describe('hook.py', () => {
  const hook = (cwd: string, name: string, out: string): Ended =>
    run('hook.py', ['--tools', temporaryDirectory(), name, out], cwd);

  test('an in-tree backend builds a wheel', () => {
    const cwd = temporaryDirectory();
    write(cwd, { 'pyproject.toml': IN_TREE, 'tools/backend.py': BACKEND });
    const out = join(temporaryDirectory(), 'wheels');
    expect(hook(cwd, 'build-wheel', out)).toEqual({ code: 0, output: 'built x-1.0-py3-none-any.whl\n' });
    expect(readdirSync(out)).toEqual(['x-1.0-py3-none-any.whl']);
  });

  test('a backend without the hook asks for nothing, and its metadata is that of the wheel it builds', () => {
    const cwd = temporaryDirectory();
    write(cwd, { 'pyproject.toml': IN_TREE, 'tools/backend.py': BACKEND });
    const [requires, metadata] = [join(temporaryDirectory(), 'r'), join(temporaryDirectory(), 'm')];
    expect(hook(cwd, 'get-requires', requires).code).toBe(0);
    expect(readFileSync(requires, 'utf8')).toBe('[]');
    expect(hook(cwd, 'metadata', metadata).code).toBe(0);
    expect(readFileSync(metadata, 'utf8')).toContain('Requires-Dist: y\n');
  });

  test('an sdist has the time SOURCE_DATE_EPOCH, regardless of the clock and the files', () => {
    const cwd = temporaryDirectory();
    write(cwd, { 'pyproject.toml': IN_TREE, 'tools/backend.py': SDIST_BACKEND.replace('REQUIRES', '[]') });
    const out = join(temporaryDirectory(), 'sdists');
    expect(hook(cwd, 'build-sdist', out)).toEqual({ code: 0, output: 'built x-1.0.tar.gz\n' });
    for (const name of ['x-1.0.tar.gz', 'x-2.0.tar.gz']) {
      expect(readFileSync(join(out, name)).readUInt32LE(4)).toBe(1321009871);
      const times = spawnSync('tar', ['--utc', '-tvzf', join(out, name)], { encoding: 'utf8' });
      expect(times.stdout).toContain('2011-11-11 11:11 x-1.0/pyproject.toml');
    }
  });

  test('what a backend needs for an sdist is asked for with what it needs for a wheel, each once', () => {
    const cwd = temporaryDirectory();
    write(cwd, { 'pyproject.toml': IN_TREE, 'tools/backend.py': SDIST_BACKEND.replace('REQUIRES', '["z>=1", "w"]') });
    const out = join(temporaryDirectory(), 'r');
    expect(hook(cwd, 'get-all-requires', out).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe('["y", "z>=1", "w"]');
    expect(hook(cwd, 'get-requires', out).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe('["y", "z>=1"]');
  });

  test('an sdist is not built in an environment that lacks what it needs', () => {
    const cwd = temporaryDirectory();
    const backend = SDIST_BACKEND.replace('REQUIRES', `["no-such-thing>=1", 'neither-this; os_name == "none"']`);
    write(cwd, { 'pyproject.toml': IN_TREE, 'tools/backend.py': backend });
    expect(hook(cwd, 'build-sdist', join(temporaryDirectory(), 'sdists'))).toEqual({
      code: 1,
      output:
        'the backend needs `no-such-thing>=1` to build an sdist, which is not in the build lock: lock the project again\n',
    });
  });

  test('a backend behind attributes of a module is found (PEP 517)', () => {
    const cwd = temporaryDirectory();
    const nested = `class Outer:\n    class Inner:\n        @staticmethod\n        def get_requires_for_build_wheel():\n            return ["z>=1"]\n`;
    write(cwd, {
      'pyproject.toml': IN_TREE.replace('"backend"', '"backend:Outer.Inner"'),
      'tools/backend.py': nested,
    });
    const out = join(temporaryDirectory(), 'r');
    expect(hook(cwd, 'get-requires', out).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe('["z>=1"]');
  });

  test('backend-path may not lead out of the project', () => {
    const cwd = temporaryDirectory();
    write(cwd, { 'pyproject.toml': IN_TREE.replace('"tools"', '"../elsewhere"') });
    const { code, output } = hook(cwd, 'metadata', join(cwd, 'm'));
    expect(code).toBe(1);
    expect(output).toBe(`backend-path contains ${join(dirname(cwd), 'elsewhere')}, which is outside of the project\n`);
  });

  test('with backend-path the backend has to be found there', () => {
    const cwd = temporaryDirectory();
    write(cwd, { 'pyproject.toml': IN_TREE.replace('"backend"', '"json"'), 'tools/other.py': '' });
    const { code, output } = hook(cwd, 'metadata', join(cwd, 'm'));
    expect(code).toBe(1);
    expect(output).toMatch(/^the backend json was not found in backend-path, but at \S+json\/__init__\.py\n$/);
  });

  test('temporary directories of a backend have the same names in every build', () => {
    const names = [0, 1].map(() => {
      const cwd = temporaryDirectory();
      const backend =
        'import os, tempfile\ndef get_requires_for_build_wheel():\n    made = [tempfile.mkdtemp(dir=os.getcwd()) for _ in "ab"]\n    return [os.path.basename(path) for path in made]\n';
      write(cwd, { 'pyproject.toml': IN_TREE, 'tools/backend.py': backend });
      const out = join(temporaryDirectory(), 'r');
      expect(hook(cwd, 'get-requires', out)).toEqual({ code: 0, output: '' });
      return readFileSync(out, 'utf8');
    });
    expect(names).toEqual(['["tmp00000001", "tmp00000002"]', '["tmp00000001", "tmp00000002"]']);
  });

  test('another hook is refused with the usage', () => {
    expect(hook(temporaryDirectory(), 'build-editable', 'x').output).toContain(
      'usage: hook.py --tools DIR build-wheel OUT',
    );
  });
});

describe('run_varied.py', () => {
  const around = (from: string, ...command: readonly string[]): Ended => {
    const to = temporaryDirectory();
    return run('run_varied.py', ['--from', from, '--to', to, '--seed', '7', '--umask', '0077', '--', ...command], '/');
  };

  test('a command runs in a copy of the sources, on one processor and with another umask', () => {
    const from = temporaryDirectory();
    write(from, { 'a.py': 'a', 'deep/b.py': 'b' });
    symlinkSync('a.py', join(from, 'link'));
    const { code, output } = around(from, '/bin/sh', '-c', 'ls -R; readlink link; nproc; umask');
    expect({ code, lines: output.split('\n').filter(Boolean) }).toEqual({
      code: 0,
      lines: ['.:', 'a.py', 'deep', 'link', './deep:', 'b.py', 'a.py', '1', '0077'],
    });
  });

  test('the exit code is that of the command', () => {
    expect(around(temporaryDirectory(), '/bin/sh', '-c', 'exit 7').code).toBe(7);
  });
});

describe('vendor.py', () => {
  const crate = (members: Readonly<Record<string, string>>): string => {
    const directory = archive(members);
    renameSync(join(directory, 'x-1.0.tar.gz'), join(directory, 'x-1.0.crate'));
    return directory;
  };

  test('crates are unpacked as a directory source, and cargo is configured to use only these', () => {
    const directory = crate({ 'x-1.0/Cargo.toml': 'c', 'x-1.0/src/lib.rs': 'l' });
    const out = temporaryDirectory();
    const other = 'sparse+https://crates.example/index/';
    expect(run('vendor.py', [directory, out, '/opt/crates', other], out)).toEqual({ code: 0, output: '' });
    expect(readdirSync(join(out, 'opt/crates/x-1.0')).sort()).toEqual(['.cargo-checksum.json', 'Cargo.toml', 'src']);
    const digest = createHash('sha256')
      .update(readFileSync(join(directory, 'x-1.0.crate')))
      .digest('hex');
    expect(JSON.parse(readFileSync(join(out, 'opt/crates/x-1.0/.cargo-checksum.json'), 'utf8'))).toEqual({
      files: {},
      package: digest,
    });
    expect(readFileSync(join(out, '.cargo/config.toml'), 'utf8').split('\n')).toEqual([
      '[source.crates-io]',
      'replace-with = "wheelhouse"',
      `[source."${other}"]`,
      `registry = "${other}"`,
      'replace-with = "wheelhouse"',
      '[source.wheelhouse]',
      'directory = "/opt/crates"',
      '',
    ]);
  });

  test.each([
    [
      'a member above it',
      { 'x-1.0/../../out': 'o' },
      "the crate x-1.0.crate contains 'x-1.0/../../out', which is not a file inside it\n",
    ],
    ['a link', { 'x-1.0/a': '-> b' }, "the crate x-1.0.crate contains 'x-1.0/a', which is not a file inside it\n"],
  ])('%s is refused', (_what, members, message) => {
    const out = temporaryDirectory();
    expect(run('vendor.py', [crate(members), out, '/opt/crates'], out)).toEqual({ code: 1, output: message });
  });
});
