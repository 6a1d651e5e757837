import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseInterpreter, findPython, probeInterpreter, type InterpreterRequest } from '@wheelhouse/python/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';

let real: string;
let version: string;
let minor: string;
let workspace: string;
beforeAll(async () => {
  real = await findPython(process.env);
  version = execFileSync(real, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  }).trim();
  minor = version.split('.').slice(0, 2).join('.');
});
beforeEach(() => {
  workspace = temporaryDirectory();
  mkdirSync(join(workspace, 'app'));
});

function request(more: Partial<InterpreterRequest> = {}): InterpreterRequest {
  return {
    project: join(workspace, 'app'),
    projectName: 'app',
    workspace,
    environment: { PATH: dirname(real) },
    ...more,
  };
}

/** A program that says it is another Python; it runs the real one and changes one word of what it says. */
function pretender(path: string, pretended: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n'${real}' "$@" | sed 's/"version": "[^"]*"/"version": "${pretended}"/'\n`);
  chmodSync(path, 0o755);
  return path;
}

const HINT = 'install it, or choose another with the option `python` or a `.python-version` file';

describe('the interpreter of a project', () => {
  test('is the real program, never that of a virtual environment', async () => {
    execFileSync(real, ['-m', 'venv', '--without-pip', join(workspace, 'venv')]);
    const interpreter = await chooseInterpreter(request({ python: join(workspace, 'venv', 'bin', 'python') }));
    expect(interpreter.executable).toBe(real);
    expect(interpreter.version).toBe(version);
    expect(interpreter.basePrefix).toBe(
      execFileSync(real, ['-c', 'import sys; print(sys.base_prefix)'], { encoding: 'utf8' }).trim(),
    );
    expect(interpreter.stdlib.some((directory) => existsSync(join(directory, 'os.py')))).toBe(true);
    expect(interpreter.sitePackages.every((directory) => /(site|dist)-packages$/.test(directory))).toBe(true);
  });

  test('is the first on PATH that satisfies requires-python', async () => {
    pretender(join(workspace, 'old', 'python3'), '3.1.0');
    const PATH = `${join(workspace, 'old')}:${dirname(real)}`;
    const found = await chooseInterpreter(request({ requiresPython: '>=3.8', environment: { PATH } }));
    expect(found.version).toBe(version);
    const first = await chooseInterpreter(request({ environment: { PATH } }));
    expect(first.version).toBe('3.1.0');
  });

  test('is that of the nearest .python-version, below the option', async () => {
    writeFileSync(join(workspace, '.python-version'), '# ours\n9.9\n');
    writeFileSync(join(workspace, 'app', '.python-version'), `${minor}\n`);
    expect((await chooseInterpreter(request())).version).toBe(version);
    writeFileSync(join(workspace, 'app', '.python-version'), '9.8.7\n');
    expect((await chooseInterpreter(request({ python: version }))).version).toBe(version);
  });

  test('is found behind a pyenv shim without running pyenv', async () => {
    const root = join(workspace, 'pyenv');
    mkdirSync(join(root, 'shims'), { recursive: true });
    mkdirSync(join(root, 'versions', version, 'bin'), { recursive: true });
    writeFileSync(join(root, 'shims', 'python3'), '#!/bin/sh\nexit 1\n');
    chmodSync(join(root, 'shims', 'python3'), 0o755);
    symlinkSync(real, join(root, 'versions', version, 'bin', 'python3'));
    writeFileSync(join(root, 'version'), `${minor}\n`);
    const found = await chooseInterpreter(request({ environment: { PATH: join(root, 'shims') } }));
    expect(found.executable).toBe(real);
  });

  test('that a range asks for is looked for among those of pyenv, too, newest first', async () => {
    const root = join(workspace, 'pyenv');
    for (const each of ['3.1.5', '3.1.12', '3.2.0', 'my-env']) {
      pretender(join(root, 'versions', each, 'bin', 'python'), each);
    }
    const environment = { PATH: dirname(real), PYENV_ROOT: root };
    const found = await chooseInterpreter(request({ python: '>=3.1,<3.2', environment }));
    expect(found.version).toBe('3.1.12');
    const onPath = await chooseInterpreter(request({ python: '>=3.1', environment }));
    expect(onPath.executable).toBe(real);
  });

  test('that is not there is an error saying what was looked for', async () => {
    await expect(chooseInterpreter(request({ python: '9.9' }))).rejects.toMatchObject({
      code: 'INTERPRETER',
      message: expect.stringMatching(
        /^the Python `9\.9`, which the option `python` requests, is not on this machine; found: \S+python3 is 3\./,
      ) as string,
      hint: HINT,
    });
    writeFileSync(join(workspace, '.python-version'), '# ours\n9.8.7\nmy-env\n');
    const environment = { PATH: join(workspace, 'nothing') };
    await expect(chooseInterpreter(request({ environment }))).rejects.toMatchObject({
      message:
        '.python-version [line 2 column 0]: the Python `9.8.7`, `my-env`, which this file requests, is not on this machine; found: none',
      hint: `${HINT}; \`my-env\` is not a version (\`3.12\`, \`3.13t\`, \`cpython@3.12\`, \`>=3.12,<3.13\`), so it is taken as the name of a command or a pyenv environment`,
    });
  });

  test.each([
    ['with comments and several lines', () => `# ours\n9.9 # not here\n${minor}\n`],
    ['with a byte order mark and carriage returns', () => `\uFEFF${minor}\r\n`],
    ['of an implementation', () => `cpython@${minor}\n`],
    ['as uv lists it', () => `cpython-${version}-linux-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-gnu\n`],
    ['of a range', () => `>=${minor},<4\n`],
  ])('may be asked for by a .python-version %s', async (_what, text) => {
    writeFileSync(join(workspace, '.python-version'), text());
    expect((await chooseInterpreter(request())).version).toBe(version);
  });

  test.each(['3.13t', 'pypy@3.10', 'cpython-3.11.7-windows-x86_64-none', '>=9'])(
    'is not one that is another than %s',
    async (text) => {
      writeFileSync(join(workspace, '.python-version'), text);
      await expect(chooseInterpreter(request())).rejects.toMatchObject({ code: 'INTERPRETER' });
    },
  );

  test('of the wrong version is an error saying what was found', async () => {
    const old = pretender(join(workspace, 'old', 'python3'), '3.1.0');
    const origin = { file: 'app/pyproject.toml', line: 4, column: 0 };
    const wrong = { requiresPython: '>=9', requiresPythonOrigin: origin, environment: { PATH: dirname(old) } };
    await expect(chooseInterpreter(request(wrong))).rejects.toMatchObject({
      code: 'INTERPRETER',
      message: `app/pyproject.toml [line 4 column 0]: the project \`app\` needs Python \`>=9\`, but PATH has no such interpreter: ${old} is 3.1.0`,
      hint: HINT,
    });
    await expect(chooseInterpreter(request({ ...wrong, python: old }))).rejects.toMatchObject({
      message: `app/pyproject.toml [line 4 column 0]: the project \`app\` needs Python \`>=9\`, but ${real}, set by the option \`python\`, is 3.1.0`,
    });
    await expect(
      chooseInterpreter(request({ ...wrong, environment: { PATH: join(workspace, 'none') } })),
    ).rejects.toMatchObject({
      message:
        'app/pyproject.toml [line 4 column 0]: the project `app` needs Python `>=9`, but PATH has no such interpreter: none',
    });
  });
});

describe('what an interpreter is', () => {
  test('is asked once, and again when its file changes', async () => {
    const memo = join(workspace, 'memo.json');
    const copy = join(workspace, 'python3');
    copyFileSync(real, copy);
    chmodSync(copy, 0o755);
    const first = await probeInterpreter(copy, memo);
    const remembered = readFileSync(memo, 'utf8');
    writeFileSync(memo, remembered.replaceAll(`"version":"${version}"`, '"version":"remembered"'));
    expect((await probeInterpreter(copy, memo))?.version).toBe('remembered');
    utimesSync(copy, 1, 1);
    expect((await probeInterpreter(copy, memo))?.version).toBe(first?.version);
    // Written anew at the same size, with its time put back.
    writeFileSync(memo, readFileSync(memo, 'utf8').replaceAll(`"version":"${version}"`, '"version":"remembered"'));
    expect((await probeInterpreter(copy, memo))?.version).toBe('remembered');
    await new Promise((done) => setTimeout(done, 20));
    writeFileSync(copy, readFileSync(copy));
    utimesSync(copy, 1, 1);
    expect((await probeInterpreter(copy, memo))?.version).toBe(first?.version);
  });

  test('is asked each time of a script, which may run another one tomorrow', async () => {
    const memo = join(workspace, 'memo.json');
    const shim = pretender(join(workspace, 'python3'), '3.1.0');
    expect((await probeInterpreter(shim, memo))?.version).toBe('3.1.0');
    expect(existsSync(memo)).toBe(false);
  });

  test('is nothing if the program is not a Python', async () => {
    expect(await probeInterpreter('/bin/ls')).toBeUndefined();
  });
});
