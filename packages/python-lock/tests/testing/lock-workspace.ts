import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  findPython,
  projectRequirements,
  readProjects,
  type Interpreter,
  type LockSettings,
} from '@wheelhouse/python/internal';
import type { IndexSettings, Tools } from '@wheelhouse/python/fetch';
import { checkLocks, readLocks, type LockPlace } from '@wheelhouse/python/lockfile';
import { type PackageIndex, io, temporaryDirectory } from '@wheelhouse/python/testing';
import {
  lockGroup,
  publishLocks,
  type LockInput,
  type LockMember,
  type LockOutcome,
} from '@wheelhouse/python-lock/internal';
import { VenvHooks } from './venv-hooks.js';

const BACKEND = 'def get_requires_for_build_wheel(config_settings=None):\n    return ["hooked"]\n';

/** What a project declares. */
export interface Declared {
  readonly dependencies: readonly string[];
  readonly test: readonly string[];
  readonly build: readonly string[];
  readonly python: string;
}

/** The names of the projects that are locked, and how. */
export type LockRun = Pick<Partial<LockInput>, 'resolve' | 'upgrade' | 'noBinary' | 'machine'> & {
  readonly members?: readonly string[];
  /** Default: the workspace's index. */
  readonly indexes?: IndexSettings | undefined;
  readonly environment?: NodeJS.ProcessEnv | undefined;
};

/** What locking takes from the test's machine. */
export interface Machine {
  readonly index: PackageIndex;
  readonly tools: Tools;
  readonly interpreter: Interpreter;
}

/** The settings of the project at a root. */
export type SettingsOf = (root: string) => LockSettings;

/** A workspace of projects that are locked against the indexes of a test. */
export class LockWorkspace {
  readonly directory = temporaryDirectory();
  readonly ran = join(this.directory, 'ran');
  hooks: VenvHooks | undefined;

  constructor(private readonly machine: Machine) {}

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(join(this.directory, name), text);
  }

  app(dependencies: readonly string[], test: readonly string[] = []): void {
    this.project('app', { dependencies, test });
  }

  project(
    name: string,
    { dependencies = [], test = [], build = ['maker'], python = '>=3.10' }: Partial<Declared> = {},
  ): void {
    this.write(`${name}/backend.py`, BACKEND);
    this.write(
      `${name}/pyproject.toml`,
      `[build-system]
requires = ${JSON.stringify(build)}
build-backend = "backend"
backend-path = ["."]
[project]
name = "${name}"
version = "1"
requires-python = "${python}"
dependencies = ${JSON.stringify(dependencies)}
[project.optional-dependencies]
test = ${JSON.stringify(test)}
`,
    );
  }

  /** Whether the locks of a project are fresh. @throws ElementError LOCK_STALE */
  check({ project, requirements, previous }: LockMember, resolve?: string): void {
    const expected = resolve === undefined ? requirements : { ...requirements, resolve };
    const { version, markers } = this.machine.interpreter;
    checkLocks(project, previous!, expected, { ...this.place, interpreter: version, markers });
  }

  get place(): LockPlace {
    return { workspace: this.directory, command: 'nx run app:lock' };
  }

  async input(
    names: readonly string[] = ['app'],
    settings: SettingsOf = () => ({}),
    environment: NodeJS.ProcessEnv = {},
  ): Promise<LockInput> {
    const roots = readdirSync(this.directory).filter((name) =>
      existsSync(join(this.directory, name, 'pyproject.toml')),
    );
    const workspace = await readProjects(roots, {
      workspace: this.directory,
      python: () => findPython(process.env),
      settings,
      environment,
    });
    const members = workspace
      .filter(({ name }) => names.includes(name))
      .map((project) => ({
        project,
        requirements: projectRequirements(project, workspace, settings(project.root)),
        ...(existsSync(join(this.directory, project.root, 'locks'))
          ? { previous: readLocks(project, this.place) }
          : {}),
      }));
    return { members, workspace, workspaceDirectory: this.directory };
  }

  async lock({ members, environment, indexes, ...how }: LockRun = {}, settings?: SettingsOf): Promise<LockOutcome> {
    return await this.run({ ...(await this.input(members, settings)), ...how }, { environment, indexes });
  }

  protected async run(
    input: LockInput,
    { environment: more = {}, indexes }: Pick<LockRun, 'environment' | 'indexes'>,
  ): Promise<LockOutcome> {
    const { tools, interpreter, index } = this.machine;
    const temporary = temporaryDirectory();
    const environment = { PATH: process.env.PATH, HOME: temporary, RAN: this.ran, ...more };
    const context = {
      tools,
      settings: indexes ?? index.settings,
      interpreter,
      uvPython: interpreter.executable,
      environment,
      io,
    };
    this.hooks = new VenvHooks({ ...context, destination: temporary }, this.directory);
    return publishLocks(await lockGroup(input, { ...context, temporary, hooks: this.hooks }), this.directory);
  }

  read(name: string, project = 'app'): string {
    return readFileSync(join(this.directory, project, 'locks', name), 'utf8');
  }

  pins(name: string, project = 'app'): string[] {
    return this.read(name, project)
      .split('\n')
      .flatMap((line) => /^[a-z].*?(?= \\$)/.exec(line)?.[0] ?? []);
  }
}
