import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  findPython,
  projectRequirements,
  readProjects,
  type Interpreter,
  type LockSettings,
  type ProjectLocks,
} from '@wheelhouse/python';
import {
  lockGroup,
  publishLocks,
  type LockInput,
  type LockMember,
  type LockOutcome,
  type Tools,
} from '@wheelhouse/python/lock';
import type { PackageIndex } from './package-index.js';
import { io, temporaryDirectory } from './tools.js';
import { VenvHooks } from './venv-hooks.js';

const BACKEND = 'def get_requires_for_build_wheel(config_settings=None):\n    return ["hooked"]\n';

/** What is shared by the workspaces of one test file. */
export interface LockSurroundings {
  readonly index: PackageIndex;
  readonly tools: Tools;
  readonly interpreter: Interpreter;
}

/** What a lock run of `app` did. */
export type AppOutcome = Omit<LockOutcome, 'locks'> & { readonly locks: ProjectLocks };

/** A workspace whose project `app` is locked against a real index, its backends run in real environments. */
export class LockWorkspace {
  readonly directory = temporaryDirectory();
  /** Variables beside those that every lock run has. */
  environment: NodeJS.ProcessEnv = {};
  readonly ran = join(this.directory, 'ran');
  hooks: VenvHooks | undefined;

  constructor(private readonly surroundings: LockSurroundings) {}

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(join(this.directory, name), text);
  }

  app(dependencies: readonly string[], test: readonly string[] = []): void {
    this.write('app/backend.py', BACKEND);
    this.write(
      'app/pyproject.toml',
      `[build-system]
requires = ["maker"]
build-backend = "backend"
backend-path = ["."]
[project]
name = "app"
version = "1"
requires-python = ">=3.10"
dependencies = ${JSON.stringify(dependencies)}
[project.optional-dependencies]
test = ${JSON.stringify(test)}
`,
    );
  }

  async input(settings: LockSettings = {}): Promise<LockInput> {
    const roots = readdirSync(this.directory).filter((name) =>
      existsSync(join(this.directory, name, 'pyproject.toml')),
    );
    const projects = await readProjects(roots, {
      workspace: this.directory,
      python: () => findPython(process.env),
      settings: () => settings,
      environment: this.environment,
    });
    const project = projects.find(({ name }) => name === 'app')!;
    const requirements = projectRequirements(project, projects, settings);
    return { members: [{ project, requirements }], workspace: projects, workspaceDirectory: this.directory };
  }

  async lock(
    { upgrade, ...member }: Pick<LockMember, 'previous' | 'foreign'> & Pick<LockInput, 'upgrade'> = {},
    settings: LockSettings = {},
  ): Promise<AppOutcome> {
    const { index, tools, interpreter } = this.surroundings;
    const temporary = temporaryDirectory();
    const environment = { ...this.environment, PATH: process.env.PATH, HOME: temporary, RAN: this.ran };
    const context = { tools, settings: index.settings, interpreter, environment, io };
    this.hooks = new VenvHooks({ ...context, destination: temporary }, this.directory);
    const input = await this.input(settings);
    const members = input.members.map((each) => ({ ...each, ...member }));
    const services = { ...context, temporary, hooks: this.hooks };
    const changes = await lockGroup({ ...input, members, upgrade }, services);
    const outcome = publishLocks(changes, this.directory);
    const locks = outcome.locks.get('app');
    if (locks === undefined) throw new Error('`app` has no locks');
    return { ...outcome, locks };
  }

  read(name: string): string {
    return readFileSync(join(this.directory, 'app/locks', name), 'utf8');
  }

  pins(name: string): string[] {
    return this.read(name)
      .split('\n')
      .flatMap((line) => /^[a-z].*?(?= \\$)/.exec(line)?.[0] ?? []);
  }
}
