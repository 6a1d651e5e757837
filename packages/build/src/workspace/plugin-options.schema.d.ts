// Made from plugin-options.schema.json: `npm run generate`.

/**
 * The options of the plugin's entry in nx.json.
 */
export interface PluginOptionsSchema {
  /**
   * The target `lock`: its name, and options of its executor; `false` omits it.
   */
  lock?:
    | false
    | {
        /**
         * The name of the target.
         */
        targetName?: string;
      };
  /**
   * The target `snapshot`: its name, and options of its executor; `false` omits it.
   */
  snapshot?:
    | false
    | {
        /**
         * The name of the target.
         */
        targetName?: string;
      };
  /**
   * The target `test`: its name, and options of its executor; `false` omits it.
   */
  test?:
    | false
    | {
        /**
         * The name of the target.
         */
        targetName?: string;
        /**
         * The test runner; defaults to `command` if there is one, or else to pytest if the test lock has it, or else to unittest.
         */
        runner?: 'pytest' | 'unittest' | 'command';
        /**
         * The command of the runner `command`, as shell text, run in the directory of the test sources.
         */
        command?: string | number;
        /**
         * Additional arguments for the runner, as shell text. A run with arguments is partial and writes no record.
         */
        args?: string | number;
        /**
         * Lets the tests write snapshot files, and copies those below their own directories back into the project.
         */
        updateSnapshots?: boolean;
        /**
         * The arguments that make the runner write snapshot files, as shell text, if the test lock does not tell.
         */
        updateSnapshotsArgs?: string | number;
        /**
         * Services of the project's compose file for the tests. Such a run is not hermetic, and is never cached.
         */
        services?: (string | number)[];
        /**
         * The compose file, relative to the project; defaults to the usual names.
         */
        composeFile?: string | number;
      };
  /**
   * The target `build-wheel`: its name, and options of its executor; `false` omits it.
   */
  buildWheel?:
    | false
    | {
        /**
         * The name of the target.
         */
        targetName?: string;
        /**
         * The formats to build. The wheel is always built; with `sdist`, the source distribution as well.
         */
        formats?: ('wheel' | 'sdist')[];
        /**
         * Builds a second time in a different environment, and fails if the bytes differ.
         */
        verify?: boolean;
        /**
         * What to vary in the second build of `verify`, besides what no sandbox controls.
         */
        vary?: ('path' | 'umask' | 'hash-seed' | 'timezone' | 'locale' | 'home' | 'ids')[];
        /**
         * Treats warnings about the built wheels as errors.
         */
        strict?: boolean;
      };
  /**
   * The target `venv`: its name, and options of its executor; `false` omits it.
   */
  venv?:
    | false
    | {
        /**
         * The name of the target.
         */
        targetName?: string;
        /**
         * The directory of the environment, absolute or relative to the project. Default: .venv.
         */
        path?: string | number;
        /**
         * Installs pip in addition to the test lock.
         */
        pip?: boolean;
      };
  /**
   * The target `release-image`: its name, and options of its executor; `false` omits it.
   */
  releaseImage?:
    | false
    | {
        /**
         * The name of the target.
         */
        targetName?: string;
        /**
         * The image to install on: `oci:DIRECTORY` with an OCI image layout, `archive:FILE` of one or of `docker save`, or the name of an image in the engine; each with or without `@sha256:...`.
         */
        base?: string | number;
        /**
         * The engine to load the image into, in addition to the layout in `dist`.
         */
        engine?: 'none' | 'docker';
        /**
         * The numeric user and group id that containers run as.
         */
        user?: number;
        /**
         * Environment variables of containers, in addition to those of the base. Everyone with the image can read them.
         */
        env?: {
          [k: string]: string | number;
        };
        /**
         * Labels of the image, in addition to those that Wheelhouse sets.
         */
        labels?: {
          [k: string]: string | number;
        };
      };
  /**
   * The target `publish`: its name, and options of its executor; `false` omits it.
   */
  publish?:
    | false
    | {
        /**
         * The name of the target.
         */
        targetName?: string;
        /**
         * The directory of a static index, relative to the workspace.
         */
        to?: string | number;
        /**
         * The index to upload to: its URL, or its name in ~/.pypirc.
         */
        repository?: string | number;
        /**
         * The URL of that index's pages, if it is not `simple/` below the upload URL.
         */
        checkUrl?: string | number;
        /**
         * What to publish: the project's own distribution, also those of its local dependencies, or its whole wheelhouse.
         */
        scope?: 'own' | 'local' | 'wheelhouse';
        /**
         * Prints what would happen, without changing anything.
         */
        dryRun?: boolean;
        /**
         * Refuses a wheel without a passing record of the same bytes.
         */
        tested?: boolean;
        /**
         * The record, relative to the workspace, if it is not in reports/.
         */
        record?: string | number;
      };
  /**
   * The interpreter that projects are built with and tested on. A version is written as a string.
   */
  python?: string;
  /**
   * Projects that share one resolution, by the name of the resolve: names of projects, or globs of their roots.
   */
  resolves?: {
    /**
     * @minItems 1
     */
    [k: string]: string[];
  };
  /**
   * Indexes that distributions are pinned to, by the name of the index.
   */
  indexes?: {
    [k: string]: {
      url: string;
      /**
       * @minItems 1
       */
      packages: string[];
    };
  };
  /**
   * How to call the build backend: `hook` calls it directly, `pip` with `pip wheel`.
   */
  frontend?: 'hook' | 'pip';
  /**
   * More files that are not sources of the wheel. Excluded files do not exist when the wheel is built.
   */
  exclude?: string[];
  /**
   * Default excludes whose files are sources of the wheel nevertheless.
   */
  include?: (
    | 'tests/**'
    | 'test/**'
    | 'docs/**'
    | 'locks/**'
    | 'docker/dev/**'
    | 'docker/release/**'
    | '.wheelhouse/**'
    | 'conftest.py'
    | 'pytest.ini'
    | '.pytest.ini'
    | 'tox.ini'
    | '.coveragerc'
    | '.python-version'
    | 'project.json'
    | 'package.json'
    | 'build/lib*/**'
    | 'build/bdist.*/**'
    | 'build/temp.*/**'
    | '*.egg-info/**'
    | 'src/*.egg-info/**'
    | '**/__pycache__/**'
  )[];
  /**
   * Files outside the project that are staged with it where its backend expects them, such as a shared licence.
   */
  shared?: string[];
  /**
   * Files that git ignores and another task generates, which are sources of the wheel; the task runs first. It is a target of the project or `<project>:<target>`.
   */
  generated?: {
    /**
     * The task that makes the files: a target of the project, or `<project>:<target>`.
     */
    by: string;
    /**
     * @minItems 1
     */
    files: string[];
  }[];
  /**
   * More files of the tests, in addition to those that are found and the configuration of runners.
   */
  testInclude?: string[];
  /**
   * pip requirements files with the requirements of the project, in addition to its metadata.
   */
  requirements?: string[];
  /**
   * pip requirements files with the requirements of its tests.
   */
  testRequirements?: string[];
  /**
   * Constraints files, which limit the versions of everything locked.
   */
  constraints?: string[];
  /**
   * The same for build requirements.
   */
  buildConstraints?: string[];
  /**
   * Which pre-releases are allowed: uv's modes.
   */
  prereleases?: 'disallow' | 'allow' | 'if-necessary' | 'explicit' | 'if-necessary-or-explicit';
  /**
   * Extras of the project that are locked and shipped with it. Projects without one ignore it.
   */
  extras?: string[];
  /**
   * Extras that the tests require. Projects without one ignore it.
   */
  testExtras?: string[];
  /**
   * Dependency groups that the tests require (PEP 735). Projects without one ignore it.
   */
  testGroups?: string[];
  /**
   * Distributions that are built from their sdists even if there are wheels.
   */
  noBinary?: string[];
  /**
   * Which commits are counted for a version from git: all, or those that touch the project.
   */
  versionCommits?: 'all' | 'project';
  /**
   * Installed packages of the distribution that builds and tests need in addition to the usual ones, such as the headers of a library.
   */
  systemPackages?: string[];
  /**
   * What wheels are built with and tests run on: `packages` captures installed packages, `host` binds the directories of the system, `image` is the root of an image, `debian` are packages of a mirror.
   */
  toolchain?:
    | ('packages' | 'host')
    | {
        /**
         * An image with Python: `registry:NAME`, `oci:DIRECTORY`, `archive:FILE`, or the name of an image of the engine, each with or without `@sha256:...`. Without a digest it is pinned in toolchain.lock, by `wheelhouse toolchain lock`.
         */
        image: string;
      }
    | {
        /**
         * Packages of Debian or of a distribution made from it, pinned in toolchain.lock by `wheelhouse toolchain lock`.
         */
        debian: {
          /**
           * Suites that packages are from, such as `bookworm` and `bookworm-security`. Of each package the newest version is taken.
           *
           * @minItems 1
           */
          suites: string[];
          /**
           * Components of the suites; default: `main`.
           *
           * @minItems 1
           */
          components?: string[];
          /**
           * The URL of a mirror of all suites; default: what apt of the machine has for each.
           */
          mirror?: string;
          /**
           * The absolute path of the keys that sign the suites; default: those of Debian and Ubuntu that are installed.
           */
          keyring?: string;
          /**
           * Whether the suites are taken without a signature.
           */
          trusted?: boolean;
          /**
           * Packages for builds and tests in addition to the usual ones.
           */
          packages?: string[];
        };
      };
}
