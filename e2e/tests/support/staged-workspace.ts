import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { baseImage } from './base-image.js';
import { DockerEngine } from './docker-engine.js';
import { REPOSITORY } from './installation.js';
import { removeTree } from './remove-tree.js';
import { freePort } from './service.js';
import { serveIndex, type SimpleIndex } from './simple-index.js';
import { runWell, type Ended } from './users.js';
import { Workspace } from './workspace.js';

const FIXTURE = join(REPOSITORY, 'e2e', 'fixtures', 'build-stage');
const HADOLINT = join(REPOSITORY, '.cache', 'pip', 'hadolint', 'bin', 'hadolint');
/** The images that every engine here starts with. */
export const PYTHON = 'python-for-stages:1';
export const POSTGRES = 'postgres-for-stages:1';

/** A workspace with a build stage, and the Docker engine and the index that its steps use. */
export class StagedWorkspace {
  private constructor(
    private readonly directory: string,
    readonly engine: DockerEngine,
    readonly workspace: Workspace,
    private readonly index: SimpleIndex,
    /** What the steps of the stage run in, beside the workspace's own environment. */
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** @param parts what is copied of the fixture */
  static async start(parts: readonly string[]): Promise<StagedWorkspace> {
    const python = await baseImage('python-venv', ['python3', 'python3-venv']);
    const postgres = await baseImage('postgresql', ['postgresql']);
    const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-stage-'));
    chmodSync(directory, 0o755);
    const engine = await DockerEngine.start();
    for (const [base, name] of [
      [python, PYTHON],
      [postgres, 'base-postgres'],
    ] as const) {
      await engine.docker('load', '--input', base.archive);
      await engine.docker('tag', base.id, name);
    }
    await engine.docker('build', '--tag', POSTGRES, join(FIXTURE, 'database'));
    const workspace = new Workspace({
      base: directory,
      source: FIXTURE,
      parts: [...parts, 'nx.json', 'package.json', '.gitignore'],
      sharesStore: true,
    });
    mkdirSync(join(directory, 'files'));
    const index = await serveIndex(join(directory, 'files'), undefined, await engine.gateway());
    const environment = {
      ...engine.environment,
      // Debian's client and its Compose, whatever else this machine has.
      PATH: `/usr/bin:/bin:${process.env.PATH ?? ''}`,
      PIP_INDEX_URL: index.url,
      PIP_TRUSTED_HOST: new URL(index.url).hostname,
      PORT: String(await freePort()),
    };
    return new StagedWorkspace(directory, engine, workspace, index, environment);
  }

  async stop(): Promise<void> {
    await this.index.stop();
    await this.engine.stop();
    removeTree(this.directory);
  }

  /** Runs a generator of the scaffold with the images of this engine. */
  async generate(generator: string, ...words: readonly string[]): Promise<Ended> {
    const fixed = ['--base', PYTHON, '--pin', 'never', '--lock', 'false', '--no-interactive'];
    return await this.workspace.nx(['g', `@wheelhouse/scaffold:${generator}`, ...words, ...fixed]);
  }

  /** Runs a step, and those before it. */
  async stage(project: string, name: string, more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return await this.workspace.nx(['run', `${project}:stage:${name}`], {
      environment: { ...this.environment, ...more },
    });
  }

  /** Makes the locks with this machine's own index, and puts what they name into the test's. @param roots by project */
  async lock(roots: Readonly<Record<string, string>>): Promise<void> {
    const projects = `--projects=${Object.keys(roots).join(',')}`;
    for (const target of ['lock', 'snapshot']) {
      expect(await this.workspace.nx(['run-many', `--targets=${target}`, projects])).toHaveEndedWell();
    }
    for (const root of Object.values(roots)) {
      const snapshot = this.workspace.path(`dist/${root}/snapshot`);
      for (const file of readdirSync(snapshot)) copyFileSync(join(snapshot, file), join(this.directory, 'files', file));
    }
    this.workspace.commit();
  }

  /** What the release answers, once it does. */
  async ask(path: string): Promise<string> {
    for (let tries = 0; ; tries++) {
      try {
        const address = `http://127.0.0.1:${this.environment.PORT ?? ''}${path}`;
        return await (await fetch(address, { signal: AbortSignal.timeout(3000) })).text();
      } catch (error) {
        if (tries > 50) throw error;
        await setTimeout(200);
      }
    }
  }

  /** Lets the linters look at what was generated. */
  async lint(root: string): Promise<void> {
    const options = { cwd: this.workspace.path(root), env: this.environment };
    const scripts = ['agent', 'build', 'cache', 'test', 'wheels'].map((name) => `scripts/${name}.sh`);
    await runWell(['shellcheck', ...scripts], options);
    await runWell([HADOLINT, 'docker/dev/Dockerfile', 'docker/release/Dockerfile'], options);
  }

  /** The digests of the wheels in a directory, by their names. */
  wheels(path: string): Record<string, string> {
    const names = readdirSync(this.workspace.path(path)).filter((file) => file.endsWith('.whl'));
    return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(this.workspace.path(join(path, name))))]));
  }

  /**
   * A library of the workspace whose version comes from git and which another one helps to build. They are in
   * `libs/common` and `libs/maker`.
   */
  async addLibraries(): Promise<void> {
    const { workspace } = this;
    await runWell(['git', 'tag', 'v1.0.0'], { cwd: workspace.directory, env: workspace.environment });
    workspace.write(
      'libs/common/pyproject.toml',
      '[build-system]\nrequires = ["setuptools>=77", "setuptools-scm>=8", "maker"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "common"\ndynamic = ["version"]\n\n[tool.setuptools_scm]\nroot = "../.."\nversion_file = "common/_version.py"\n',
    );
    workspace.write(
      'libs/common/setup.py',
      'from maker import packages\nfrom setuptools import setup\n\nsetup(packages=packages())\n',
    );
    workspace.write('libs/maker/pyproject.toml', `${FLIT}name = "maker"\nversion = "1.0"\ndescription = "It helps."\n`);
    workspace.write('libs/maker/maker.py', 'def packages():\n    return ["common"]\n');
    workspace.write('libs/common/common/__init__.py', 'NAME = "common"\n');
    // What git ignores is not a source, wherever the wheel is built.
    workspace.write('libs/common/.gitignore', 'ignored.py\n');
    workspace.write('libs/common/common/ignored.py', '');
  }

  /** A kit for tests, in `libs/kit`, that requires the application it is for. */
  addKit(): void {
    const kit = 'name = "kit"\nversion = "1.0"\ndescription = "A kit."\ndependencies = ["todo"]\n';
    this.workspace.write('libs/kit/pyproject.toml', `${FLIT}${kit}`);
    this.workspace.write('libs/kit/kit.py', 'import todo\n');
  }
}

/** The wheel of the library, by the commits since its tag. */
export const COMMON: unknown = expect.stringMatching(/^common-1\.0\.1\.dev\d+\+g[0-9a-f]{9}-py3-none-any\.whl$/);

const FLIT =
  '[build-system]\nrequires = ["flit_core>=3.11,<4"]\nbuild-backend = "flit_core.buildapi"\n\n[project]\nrequires-python = ">=3.10"\n';

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
