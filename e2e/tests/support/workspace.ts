import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackages, REPOSITORY } from './installation.js';
import { sharedStore } from './shared-store.js';
import { giveTools } from './shared-tools.js';
import { runProgram, type Ended } from './users.js';

/** What a workspace is made from. */
export interface WorkspaceOptions {
  /** Absolute path of a directory of its own, which need not exist. */
  readonly base: string;
  /** Absolute path of the workspace that is copied. */
  readonly source: string;
  /** What is copied of it. */
  readonly parts: readonly string[];
  /**
   * Whether Nx runs each plugin in a process of its own, as it does for users; otherwise in its own process, which takes
   * a third of the time. What a plugin answers is the same.
   */
  readonly isolatesPlugins?: boolean;
  /** Whether its store is the one that files share; otherwise it has one of its own with nothing but the tools in it. */
  readonly sharesStore?: boolean;
}

/** How a program is run in a workspace. */
export interface RunOptions {
  /** Words in front of the command. */
  readonly prefix?: readonly string[];
  /** Laid over the workspace's own environment; `undefined` takes a variable away. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The parts of `examples/` that are not made by anything. */
export const EXAMPLE: Omit<WorkspaceOptions, 'base'> = {
  source: join(REPOSITORY, 'examples'),
  parts: ['apps', 'libs', 'nx.json', 'package.json', '.gitignore'],
};

/** An Nx workspace under version control, with the built packages, a store, and a home and caches of its own. */
export class Workspace {
  readonly directory: string;
  readonly store: string;
  readonly home: string;
  private readonly modules: string;
  private readonly isolatesPlugins: boolean;

  constructor({ base, source, parts, isolatesPlugins = false, sharesStore = false }: WorkspaceOptions) {
    this.isolatesPlugins = isolatesPlugins;
    this.directory = join(base, 'workspace');
    this.store = sharesStore ? sharedStore() : join(base, 'store');
    this.home = join(base, 'home');
    mkdirSync(this.directory, { recursive: true });
    mkdirSync(this.home);
    if (!sharesStore) giveTools(this.store);
    this.modules = join(base, 'installation', 'node_modules');
    installModules(join(base, 'installation'));
    for (const part of parts) {
      cpSync(join(source, part), join(this.directory, part), {
        recursive: true,
        filter: (path) => !path.includes('__pycache__'),
      });
    }
    symlinkSync(this.modules, join(this.directory, 'node_modules'));
    this.git('init', '--quiet');
    writeFileSync(
      join(this.directory, '.git', 'info', 'exclude'),
      ['node_modules', 'dist', 'reports', '.nx', '__pycache__'].map((name) => `${name}\n`).join(''),
    );
    this.commit();
  }

  /** The environment of everything that runs here. */
  get environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(NX_|JEST_|GITHUB_|CI$|NODE_OPTIONS$|FORCE_COLOR$)/.test(name),
    );
    return {
      ...Object.fromEntries(inherited),
      HOME: this.home,
      WHEELHOUSE_CACHE_DIR: this.store,
      NX_DAEMON: 'false',
      NX_NO_CLOUD: 'true',
      NX_TUI: 'false',
      ...(this.isolatesPlugins ? {} : { NX_ISOLATE_PLUGINS: 'false' }),
    };
  }

  /** Runs Nx with words of its command line. */
  async nx(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const nx = join(this.modules, '.bin', 'nx');
    return await this.run([process.execPath, nx, ...words], options);
  }

  /** Runs the command `wheelhouse`. */
  async wheelhouse(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const program = join(this.modules, '@wheelhouse', 'build', 'bin', 'wheelhouse.js');
    return await this.run([process.execPath, program, ...words], options);
  }

  async run(words: readonly string[], { prefix = [], environment = {} }: RunOptions = {}): Promise<Ended> {
    const env = { ...this.environment, ...environment };
    return await runProgram([...prefix, ...words], { cwd: this.directory, env });
  }

  /** Absolute path of something in the workspace. */
  path(name: string): string {
    return join(this.directory, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Replaces a text that a file has once. */
  edit(name: string, from: string, to: string): void {
    const parts = this.read(name).split(from);
    if (parts.length !== 2) throw new Error(`${name} has \`${from}\` ${parts.length - 1} times`);
    this.write(name, parts.join(to));
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  commit(): void {
    this.git('add', '--all');
    this.git('-c', 'user.name=Tests', '-c', 'user.email=tests@example.org', 'commit', '--quiet', '--message', 'state');
  }

  /** Puts everything that is under version control back to the last commit, and removes what is not. */
  restore(): void {
    this.git('reset', '--quiet', '--hard');
    this.git('clean', '--quiet', '--force', '-d');
  }

  /** Every file below some directories, with its bytes as latin-1. */
  contents(...names: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.files(...names).map((file) => [file, readFileSync(this.path(file), 'latin1')]));
  }

  /** The paths of every file below some directories, sorted. */
  files(...names: readonly string[]): string[] {
    return names
      .filter((name) => existsSync(this.path(name)))
      .flatMap((name) =>
        readdirSync(this.path(name), { recursive: true, withFileTypes: true })
          .filter((entry) => !entry.isDirectory())
          .map((entry) => join(entry.parentPath, entry.name).slice(this.directory.length + 1)),
      )
      .sort();
  }

  private git(...words: readonly string[]): void {
    execFileSync('git', words, { cwd: this.directory, env: this.environment, stdio: 'pipe' });
  }
}

/** The packages in a `node_modules` of their own, and all that `examples/` has installed beside them. */
function installModules(directory: string): void {
  mkdirSync(directory, { recursive: true });
  installPackages(directory);
  const installed = join(REPOSITORY, 'examples', 'node_modules');
  if (!existsSync(join(installed, 'nx'))) throw new Error('examples/ has no npm packages: run `npm ci` there');
  const modules = join(directory, 'node_modules');
  const link = (target: string, name: string): void => {
    if (existsSync(join(modules, name))) return;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(target, join(modules, name));
  };
  for (const name of readdirSync(installed)) {
    const scoped = name.startsWith('@') ? readdirSync(join(installed, name)).map((each) => `${name}/${each}`) : [name];
    for (const each of scoped) link(join(installed, each), each);
  }
  link(join(REPOSITORY, 'node_modules', '@nx', 'devkit'), '@nx/devkit');
}

/** A task as Nx tells of it. */
export interface NxTask {
  /** Whether Nx took it from its cache; then `lines` are of the run that it was put there by. */
  readonly fromNx: boolean;
  readonly lines: readonly string[];
  /** Its last line: `N built, M cached, F failed`. */
  readonly counts: string;
}

/** What Nx and the tasks it ran said, by the tasks' names. */
export function nxTasks({ stdout }: Pick<Ended, 'stdout'>): Record<string, NxTask> {
  const tasks: Record<string, { fromNx: boolean; lines: string[] }> = {};
  let current: string[] = [];
  for (const line of stdout.split('\n')) {
    const header = /^\S+ +nx run (\S+)(?: {2}\[(.+)\])?\s*$/.exec(line);
    if (header?.[1] === undefined) {
      current.push(line);
      continue;
    }
    current = [];
    tasks[header[1]] = { fromNx: header[2] !== undefined, lines: current };
  }
  return Object.fromEntries(
    Object.entries(tasks).map(([name, { fromNx, lines }]) => {
      const counts = lines.filter((line) => /^\d+ built, \d+ cached, \d+ failed$/.test(line)).at(-1) ?? 'no counts';
      return [name, { fromNx, lines, counts }];
    }),
  );
}
