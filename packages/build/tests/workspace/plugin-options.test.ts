import { type ElementError, type ElementErrors } from '@wheelhouse/element';
import { formatError } from '@wheelhouse/element/internal';
import { parsePluginOptions } from '@wheelhouse/build/internal';

function messageOf(options: unknown): string {
  try {
    parsePluginOptions(options);
  } catch (error) {
    return formatError(error as ElementError | ElementErrors);
  }
  throw new Error('nothing was wrong');
}

describe('parsePluginOptions', () => {
  it('gives every target its usual name where nothing is said', () => {
    expect(parsePluginOptions(undefined)).toEqual({
      targets: {
        lock: { name: 'lock', options: {} },
        snapshot: { name: 'snapshot', options: {} },
        test: { name: 'test', options: {} },
        buildWheel: { name: 'build-wheel', options: {} },
        venv: { name: 'venv', options: {} },
        publish: { name: 'publish', options: {} },
        releaseImage: { name: 'release-image', options: {} },
      },
      settings: {},
    });
  });

  it('takes names, targets that are left out, an interpreter and settings', () => {
    expect(
      parsePluginOptions({
        lock: { targetName: 'pin' },
        test: false,
        publish: { to: 'dist/index', tested: true },
        python: '3.12',
        frontend: 'pip',
        exclude: ['notes/**'],
        include: ['docs/**'],
        testInclude: ['checks/**'],
        requirements: ['requirements.txt', '{workspaceRoot}/base.txt'],
        constraints: ['../constraints.txt'],
        extras: ['fast'],
        testGroups: ['qa'],
        prereleases: 'allow',
        noBinary: ['Ruamel.Yaml', 'docopt', 'ruamel-yaml'],
      }),
    ).toEqual({
      targets: {
        lock: { name: 'pin', options: {} },
        snapshot: { name: 'snapshot', options: {} },
        test: undefined,
        buildWheel: { name: 'build-wheel', options: {} },
        venv: { name: 'venv', options: {} },
        publish: { name: 'publish', options: { to: 'dist/index', tested: true } },
        releaseImage: { name: 'release-image', options: {} },
      },
      python: '3.12',
      settings: {
        frontend: 'pip',
        exclude: ['notes/**'],
        include: ['docs/**'],
        testInclude: ['checks/**'],
        requirements: ['requirements.txt', '{workspaceRoot}/base.txt'],
        constraints: ['../constraints.txt'],
        extras: ['fast'],
        testGroups: ['qa'],
        prereleases: 'allow',
        noBinary: ['docopt', 'ruamel-yaml'],
      },
    });
  });

  it.each<[string, unknown, string]>([
    [
      'an option that does not exist',
      { buildwheel: false },
      'nx.json: @wheelhouse/build: unknown option `buildwheel`\n' +
        'hint: the options are `lock`, `snapshot`, `test`, `buildWheel`, `venv`, `releaseImage`, `publish`, `python`, `resolves`, ' +
        '`indexes`, `frontend`, `exclude`, `include`, `shared`, `generated`, `testInclude`, `requirements`, `testRequirements`, `constraints`, ' +
        '`buildConstraints`, `prereleases`, `extras`, `testExtras`, `testGroups`, `noBinary`, `versionCommits`, `systemPackages`, `toolchain`',
    ],
    [
      'an option of a target that does not exist',
      { lock: { name: 'pin' } },
      'nx.json: @wheelhouse/build: unknown option `lock.name`\n' +
        'hint: it must be `{"targetName": "lock"}`, or `false` to omit the target',
    ],
    [
      'a target that is neither named nor left out',
      { buildWheel: true },
      'nx.json: @wheelhouse/build: the option `buildWheel` is `true`\n' +
        'hint: it must be `{"targetName": "build-wheel", "formats": ..., "verify": ..., "vary": ..., "strict": ...}`, or `false` to omit the target',
    ],
    [
      'a name that is none',
      { test: { targetName: '' } },
      'nx.json: @wheelhouse/build: the option `test.targetName` is `""`\n' +
        'hint: it must be `{"targetName": "test", "runner": ..., "command": ..., "args": ..., "updateSnapshots": ..., ' +
        '"updateSnapshotsArgs": ..., "services": ..., "composeFile": ...}`, or `false` to omit the target',
    ],
    [
      'two targets of one name',
      { lock: { targetName: 'test' } },
      'nx.json: @wheelhouse/build: the options `lock` and `test` both use the target name `test`\n' +
        'hint: rename one of them',
    ],
    [
      'a version that is a number',
      { python: 3.12 },
      'nx.json: @wheelhouse/build: the option `python` is `3.12`\n' +
        'hint: it must be a path, a command or a version such as "3.12"',
    ],
    [
      'a frontend nobody knows',
      { frontend: 'build' },
      'nx.json: @wheelhouse/build: the option `frontend` is `"build"`\nhint: it must be one of `hook`, `pip`',
    ],
    [
      'a glob where a list is expected',
      { exclude: 'docs/**' },
      'nx.json: @wheelhouse/build: the option `exclude` is `"docs/**"`\nhint: it must be a list of globs relative to the project',
    ],
    [
      'a glob that leads out of the project',
      { testInclude: ['a/../../b/**'] },
      'nx.json: @wheelhouse/build: the option `testInclude[0]` points outside the project: `a/../../b/**`\n' +
        'hint: globs are relative to the project',
    ],
    [
      'a glob to take back that is not excluded',
      { include: ['docs/**', 'data/*.json'] },
      'nx.json: @wheelhouse/build: the option `include[1]` is not one of the globs excluded by default: `data/*.json`\n' +
        'hint: they are `tests/**`, `test/**`, `docs/**`, `locks/**`, `docker/dev/**`, `docker/release/**`, `.wheelhouse/**`, `conftest.py`, `pytest.ini`, ' +
        '`.pytest.ini`, `tox.ini`, `.coveragerc`, `.python-version`, `project.json`, `package.json`, `build/lib*/**`, ' +
        '`build/bdist.*/**`, `build/temp.*/**`, `*.egg-info/**`, `src/*.egg-info/**`, `**/__pycache__/**`; ' +
        'other files are sources without this option',
    ],
    [
      'a file where a list is expected',
      { requirements: 'requirements.txt' },
      'nx.json: @wheelhouse/build: the option `requirements` is `"requirements.txt"`\n' +
        'hint: it must be a list; each item is a file relative to the project, or `{workspaceRoot}/` and a file relative to the workspace',
    ],
    [
      'a file of this machine',
      { constraints: ['/etc/constraints.txt'] },
      'nx.json: @wheelhouse/build: the option `constraints[0]` is `"/etc/constraints.txt"`\n' +
        'hint: it must be a file relative to the project, or `{workspaceRoot}/` and a file relative to the workspace',
    ],
    [
      'files that are neither of the workspace nor of the project',
      { shared: ['../LICENSE'], generated: [{ files: ['/static'], by: 'web:build', of: 1 }, { files: ['a'] }, 'a'] },
      'nx.json: @wheelhouse/build: the option `shared[0]` points outside the workspace: `../LICENSE`\n' +
        'hint: paths are relative to the workspace\n' +
        'nx.json: @wheelhouse/build: unknown option `generated[0].of`\n' +
        'hint: it must be `{"files": ["web/static/**"], "by": "web:build"}`: files relative to the project, and the task that makes them\n' +
        'nx.json: @wheelhouse/build: the option `generated[0].files[0]` is `"/static"`\n' +
        'hint: it must be a file, a directory or a glob relative to the project\n' +
        'nx.json: @wheelhouse/build: the option `generated[1].by` is `undefined`\n' +
        'hint: it must be `{"files": ["web/static/**"], "by": "web:build"}`: files relative to the project, and the task that makes them\n' +
        'nx.json: @wheelhouse/build: the option `generated[2]` is `"a"`\n' +
        'hint: it must be `{"files": ["web/static/**"], "by": "web:build"}`: files relative to the project, and the task that makes them',
    ],
    [
      'lists inside of objects that are empty, missing or have a wrong item',
      {
        resolves: { all: ['**', 1] },
        indexes: { acme: { url: 'https://a.test' } },
        generated: [{ files: [], by: 'a' }],
      },
      'nx.json: @wheelhouse/build: the option `resolves.all[1]` is `1`\n' +
        'hint: it must be an object of resolve names and lists of projects, such as `{"services": ["apps/*", "libs/common"]}`\n' +
        'nx.json: @wheelhouse/build: the option `indexes.acme.packages` is `undefined`\n' +
        'hint: it must be `{"url": "https://...", "packages": ["acme-*"]}`\n' +
        'nx.json: @wheelhouse/build: the option `generated[0].files` is `[]`\n' +
        'hint: it must be `{"files": ["web/static/**"], "by": "web:build"}`: files relative to the project, and the task that makes them',
    ],
    [
      'a name that no extra has',
      { testExtras: ['a b'] },
      'nx.json: @wheelhouse/build: the option `testExtras[0]` is `"a b"`\n' +
        'hint: it must be the name of an extra or of a dependency group',
    ],
    [
      'a mode that uv does not have',
      { prereleases: true },
      'nx.json: @wheelhouse/build: the option `prereleases` is `true`\n' +
        'hint: it must be one of `disallow`, `allow`, `if-necessary`, `explicit`, `if-necessary-or-explicit`',
    ],
    [
      'all distributions where some are to be named',
      { noBinary: ['*', 'flask', ':all:'] },
      'nx.json: @wheelhouse/build: the option `noBinary[0]` is `"*"`\n' +
        'hint: list the distributions: all of them would include every build backend\n' +
        'nx.json: @wheelhouse/build: the option `noBinary[2]` is `":all:"`\n' +
        'hint: list the distributions: all of them would include every build backend',
    ],
    [
      'a name that is none in a list of them',
      { noBinary: ['flask==3'] },
      'nx.json: @wheelhouse/build: the option `noBinary[0]` is `"flask==3"`\n' +
        'hint: it must be a list of distribution names, such as ["markupsafe"]',
    ],
    [
      'commits that are neither all nor those of the project',
      { versionCommits: 'some' },
      'nx.json: @wheelhouse/build: the option `versionCommits` is `"some"`\nhint: it must be one of `all`, `project`',
    ],
    [
      'packages of the distribution that are no names',
      { systemPackages: ['libpq-dev', 'g++', 'libc6:i386', 'lib pq', 7] },
      'nx.json: @wheelhouse/build: the option `systemPackages[3]` is `"lib pq"`\n' +
        'hint: it must be a list of packages of the distribution, such as ["libpq-dev"]\n' +
        'nx.json: @wheelhouse/build: the option `systemPackages[4]` is `7`\n' +
        'hint: it must be a list of packages of the distribution, such as ["libpq-dev"]',
    ],
    [
      'a toolchain of an unknown kind',
      { toolchain: 'docker' },
      'nx.json: @wheelhouse/build: the option `toolchain` is `"docker"`\nhint: it must be `packages`, `host` or an object with either `image` or `debian`',
    ],
    [
      'a toolchain without its image',
      { toolchain: { image: '' } },
      'nx.json: @wheelhouse/build: the option `toolchain.image` is `""`\nhint: it must be `packages`, `host` or an object with either `image` or `debian`',
    ],
    [
      'packages of a mirror without suites',
      { toolchain: { debian: { suites: [], trusted: 'yes' } } },
      'nx.json: @wheelhouse/build: the option `toolchain.debian.suites` is `[]`\nhint: it must be `packages`, `host` or an object with either `image` or `debian`\n' +
        'nx.json: @wheelhouse/build: the option `toolchain.debian.trusted` is `"yes"`\nhint: it must be `packages`, `host` or an object with either `image` or `debian`',
    ],
    ['no object', [], 'nx.json: @wheelhouse/build: the options are `[]`\nhint: options must be an object'],
  ])('says what is wrong with %s', (_what, options, text) => {
    expect(messageOf(options)).toBe(text);
  });

  it('reports all errors at once', () => {
    expect(messageOf({ python: '', frontend: 1 })).toBe(
      'nx.json: @wheelhouse/build: the option `python` is `""`\n' +
        'hint: it must be a path, a command or a version such as "3.12"\n' +
        'nx.json: @wheelhouse/build: the option `frontend` is `1`\nhint: it must be one of `hook`, `pip`',
    );
  });
});
