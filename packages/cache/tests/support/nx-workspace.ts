import { execFile, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProxyOptions } from '@wheelhouse/cache/internal';
import type { NxVersion } from './nx-versions.js';

const ROOT = join(__dirname, '..', '..', '..', '..');

/** A run of Nx, once it has ended. */
export interface NxRun {
  readonly exitCode: number;
  readonly output: string;
}

/** A clone of a workspace of Python-like tasks that has the plugin in its `nx.json` and nothing else set up. */
export interface NxClone {
  readonly root: string;
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<NxRun>;
  /** Starts a run, which writes the name of each task it begins into `root/begun`. */
  start(
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): { readonly child: ChildProcess; readonly ended: Promise<NxRun> };
  /** Every output by its path below the root, with its bytes. */
  outputs(): Record<string, string>;
}

/**
 * What the output of Nx is: `sockets` as where Node starts it, `pipe` or `terminal` as where a shell does. A hook in Nx's
 * daemon can open the latter two.
 */
export type NxOutput = 'sockets' | 'pipe' | 'terminal';

/** What clones are made with. */
export interface NxWorkspaceOptions {
  readonly nx: NxVersion;
  readonly options: ProxyOptions;
  /** How many projects there are, each with a task that needs the one before; outputs depend on nothing else. */
  readonly projects: number;
  /** Variables for each run. */
  readonly env?: Readonly<Record<string, string>>;
  /** A new directory. */
  readonly directory: () => string;
  readonly output?: NxOutput;
}

/** Builds the package, whose bundle is what Nx loads. */
export function buildPackage(): void {
  execFileSync(process.execPath, [join(ROOT, 'tools', 'build.mjs'), 'cache'], { cwd: ROOT, stdio: 'pipe' });
}

/** Makes clones of one workspace. */
export function nxWorkspace({
  nx: { modules, program },
  options,
  projects,
  directory,
  env: common = {},
  output: kind = 'sockets',
}: NxWorkspaceOptions): () => NxClone {
  const original = directory();
  const write = (path: string, text: string): void => {
    mkdirSync(join(original, path, '..'), { recursive: true });
    writeFileSync(join(original, path), text);
  };
  write('package.json', '{"name": "shop", "private": true}\n');
  write(
    'nx.json',
    JSON.stringify({
      neverConnectToCloud: true,
      analytics: false,
      plugins: [{ plugin: '@wheelhouse/cache', options }],
    }),
  );
  for (let index = 0; index < projects; index++) {
    write(
      `p${index}/project.json`,
      JSON.stringify({
        name: `p${index}`,
        implicitDependencies: index === 0 ? [] : [`p${index - 1}`],
        targets: {
          build: {
            executor: 'nx:run-commands',
            cache: true,
            dependsOn: ['^build'],
            outputs: ['{projectRoot}/out'],
            options: { command: `sh p${index}/build.sh` },
          },
        },
      }),
    );
    write(
      `p${index}/build.sh`,
      [
        `echo p${index} >> begun`,
        `mkdir -p p${index}/out/deep`,
        `seq 1 ${20_000 + index} > p${index}/out/deep/numbers`,
        `printf made-by-p${index} > p${index}/out/name`,
        `ln -sf name p${index}/out/link`,
        `echo "p${index} is built"`,
        `sleep \${PACE:-0}`,
        '',
      ].join('\n'),
    );
  }
  const own = join(modules, '@wheelhouse', 'cache');
  if (!existsSync(own)) {
    mkdirSync(join(own, '..'), { recursive: true });
    symlinkSync(join(ROOT, 'packages', 'cache'), own);
  }
  return () => {
    const root = directory();
    cpSync(original, root, { recursive: true });
    symlinkSync(modules, join(root, 'node_modules'));
    const start: NxClone['start'] = (argv, env = {}) => {
      const [command = '', ...args] = commandFor(kind, [process.execPath, program, ...argv]);
      const child = execFile(command, args, {
        cwd: root,
        env: {
          PATH: process.env.PATH,
          HOME: root,
          CI: 'true',
          NX_DAEMON: 'false',
          NX_CACHE_DIRECTORY: join(root, '.nx', 'cache'),
          NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx', 'data'),
          ...common,
          ...env,
        },
      });
      let output = '';
      child.stdout?.on('data', (piece: string) => (output += piece));
      child.stderr?.on('data', (piece: string) => (output += piece));
      const ended = once(child, 'close').then(([code, signal]) => ({
        exitCode: typeof code === 'number' ? code : -1,
        output: signal === null ? output : `${output}\nended by ${String(signal)}`,
      }));
      return { child, ended };
    };
    return {
      root,
      start,
      run: (argv, env) => start(argv, env).ended,
      outputs: () =>
        Object.fromEntries(
          Array.from({ length: projects }, (_, index) => join(root, `p${index}`, 'out'))
            .filter(existsSync)
            .flatMap((out) => readdirSync(out, { recursive: true, withFileTypes: true }))
            .filter((entry) => !entry.isDirectory())
            .map((entry) => join(entry.parentPath, entry.name))
            .sort()
            .map((path) => [path.slice(root.length), readFileSync(path).toString('base64')]),
        ),
    };
  };
}

function commandFor(output: NxOutput, command: readonly string[]): readonly string[] {
  const inShell = ['bash', '-o', 'pipefail', '-c'];
  if (output === 'pipe') return [...inShell, '"$@" 2>&1 | cat', 'bash', ...command];
  if (output === 'terminal') {
    return [...inShell, 'script -qec "$(printf "%q " "$@")" /dev/null', 'bash', ...command];
  }
  return command;
}

/** The proxies that wrote a record below a directory, so that a test can end them. */
export function recordedProxies(
  directory: string,
): { readonly url: string; readonly secret: string; readonly pid: number }[] {
  const proxies = join(directory, 'nx-cache', 'proxies');
  if (!existsSync(proxies)) return [];
  return readdirSync(proxies)
    .filter((name) => name.endsWith('.json'))
    .map(
      (name) => JSON.parse(readFileSync(join(proxies, name), 'utf8')) as { url: string; secret: string; pid: number },
    );
}

/** What warnings of the plugin a run showed. */
export function warnings(output: string): string[] {
  return [...output.matchAll(/^ *wheelhouse-cache {2}(.*)$/gm)].map(([, text = '']) => text);
}
