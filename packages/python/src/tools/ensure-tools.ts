import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { ElementError, type Io } from '@wheelhouse/element';
import { lockFile } from '@wheelhouse/element/internal';
import { faultError, faultHint, faultInWords } from './index-fault.js';
import { PipConfig } from './pip-config.js';
import { TOOLS_LOCK } from './tools-lock.js';
import { runProgram } from './program.js';

/** A private environment with programs this package runs on the host. */
export interface ToolsEnvironment {
  /** Its directory, absolute; never moved. */
  readonly directory: string;
  readonly python: string;
  /** SHA-256 (hex) of the lock it was made from. */
  readonly digest: string;
}

/** The environment of what locks and fetches. */
export interface Tools extends ToolsEnvironment {
  readonly uv: string;
}

/** What making the environment needs. */
export interface ToolsOptions {
  /** The store's directory. */
  readonly store: string;
  /** A Python of 3.10 or later; requested only when the environment must be made. */
  readonly python: () => Promise<string>;
  /** The environment of pip, whose own configuration says where indexes are. */
  readonly environment: NodeJS.ProcessEnv;
  /** Directories with wheels, looked in before any index. */
  readonly findLinks?: readonly string[];
  readonly io: Io;
}

/** Written last: an environment without it was not finished. */
const STAMP = 'wheelhouse-complete';

/** The environment of what locks and fetches, made when it does not exist. @throws ElementError TOOLS */
export async function ensureTools(options: ToolsOptions): Promise<Tools> {
  const environment = await ensureEnvironment(TOOLS_LOCK, options);
  return { ...environment, uv: join(environment.directory, 'bin', 'uv') };
}

/**
 * The environment of a lock in a store, made when it does not exist: `<store>/tools/<digest of the lock>`. One process
 * makes it, others wait for it. Everything in it was checked against the lock's hashes; nothing is built from source.
 *
 * @param lock absolute path
 * @throws ElementError TOOLS with the message of pip or venv
 */
export async function ensureEnvironment(lock: string, options: ToolsOptions): Promise<ToolsEnvironment> {
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex');
  const directory = join(options.store, 'tools', digest);
  const tools: ToolsEnvironment = { directory, python: join(directory, 'bin', 'python'), digest };
  if (isComplete(tools)) return tools;
  const held = await lockFile(join(options.store, 'locks', `tools-${digest}.lock`), { signal: options.io.signal });
  try {
    if (!isComplete(tools)) await make(tools, lock, options);
  } finally {
    await held?.release();
  }
  return tools;
}

/** A virtual environment is bound to its path and to the Python it was made with, which may have left since. */
function isComplete(tools: ToolsEnvironment): boolean {
  return [join(tools.directory, STAMP), tools.python].every(
    (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  );
}

/** Less than what the environment's pip takes is left. What a program says of a full disk is often something else. */
function isFull(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < 1024 * 1024;
}

async function make(tools: ToolsEnvironment, lock: string, options: ToolsOptions): Promise<void> {
  const python = await options.python();
  rmSync(tools.directory, { recursive: true, force: true });
  mkdirSync(join(options.store, 'tools'), { recursive: true });
  const environment = withoutPythonSettings(options.environment);
  const venv = await runProgram(python, ['-I', '-m', 'venv', tools.directory], { ...options.io, environment });
  if (venv.code !== 0) {
    throw new ElementError({
      code: 'TOOLS',
      message: `\`${python} -m venv\` cannot create the tools environment \`${tools.directory}\``,
      detail: venv.output,
      hint: isFull(join(options.store, 'tools'))
        ? 'the disk is full: free some space, or choose another directory with WHEELHOUSE_CACHE_DIR'
        : 'install the venv module of this Python, such as the package python3-venv',
    });
  }
  const links = (options.findLinks ?? []).flatMap((link) => ['--find-links', link]);
  const pip = await runProgram(
    tools.python,
    [
      ...[
        '-I',
        '-m',
        'pip',
        'install',
        '--require-hashes',
        '--only-binary=:all:',
        '--no-cache-dir',
        '--no-input',
        '--no-compile',
      ],
      ...['--disable-pip-version-check', '--quiet', ...links, '-r', lock],
    ],
    { ...options.io, environment: await pipEnvironment(tools, environment, options.io) },
  );
  if (pip.code !== 0) {
    const message = `pip cannot install the tools environment \`${tools.directory}\``;
    const usual = "the tools come from the indexes in pip's configuration: check `pip config list`";
    const fault = faultInWords(pip.output);
    const because = fault === undefined ? undefined : faultError(fault, { what: 'index', names: [] }).reason;
    throw new ElementError({
      code: 'TOOLS',
      message: because === undefined ? message : `${because}: ${message}`,
      detail: pip.output,
      hint: fault === undefined ? usual : `${faultHint(fault.kind)}; ${usual}`,
    });
  }
  const stamp = join(tools.directory, STAMP);
  writeFileSync(`${stamp}.new`, '');
  renameSync(`${stamp}.new`, stamp);
}

/** Settings of pip that say where distributions come from. */
const PIP_SETTINGS = [
  ...['index-url', 'extra-index-url', 'find-links', 'no-index', 'trusted-host', 'keyring-provider'],
  ...['cert', 'client-cert', 'proxy', 'timeout', 'default-timeout', 'retries', 'use-feature', 'use-deprecated'],
];

/**
 * An environment in which pip is configured to find distributions as on this machine, and to nothing else: constraints,
 * dates or a target directory would keep the tools from being those of their lock (docs/adr/0080).
 */
async function pipEnvironment(
  { python }: ToolsEnvironment,
  environment: NodeJS.ProcessEnv,
  io: Io,
): Promise<NodeJS.ProcessEnv> {
  const words = ['-I', '-m', 'pip', 'config', 'list', '--disable-pip-version-check'];
  const { code, stdout, output } = await runProgram(python, words, { ...io, environment });
  if (code !== 0) {
    throw new ElementError({ code: 'TOOLS', message: 'pip cannot read its configuration', detail: output });
  }
  const config = new PipConfig(stdout);
  const kept = PIP_SETTINGS.flatMap((key) => {
    const found = config.find(key);
    const variable = `PIP_${key.toUpperCase().replaceAll('-', '_')}`;
    return found === undefined ? [] : [[variable, found.value.trim().replace(/\s+/g, ' ')] as const];
  });
  const rest = Object.entries(environment).filter(([name]) => !name.startsWith('PIP_'));
  return { ...Object.fromEntries([...rest, ...kept]), PIP_CONFIG_FILE: devNull };
}

function withoutPythonSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PYTHONHOME: _home, PYTHONPATH: _path, ...rest } = environment;
  return rest;
}
