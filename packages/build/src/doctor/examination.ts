import { statfsSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ElementError, ElementErrors } from '@wheelhouse/element';
import { formatError, lockFile, probeBubblewrap } from '@wheelhouse/element/internal';
import { findPython } from '@wheelhouse/python/internal';
import { ensureTools } from '@wheelhouse/python/fetch';
import type { PythonEngine, PythonWorkspace } from '@wheelhouse/python-stage/internal';
import { versionOf } from './program-version.js';
import { unmatchedGlobs, unmatchedNames } from '../workspace/unmatched-options.js';

/** How one part was found: there, missing, or there with something to know. */
export interface Finding {
  readonly state: 'ok' | 'note' | 'missing';
  readonly text: string;
  readonly hint?: string | undefined;
}

/** A part of what building needs. */
export interface ExaminedPart {
  readonly name: string;
  readonly finding: Finding;
}

/** What is examined: where builds take place, and the workspace, which is read when it is asked for. */
export interface Examined {
  readonly engine: PythonEngine;
  /** @throws ElementError if the workspace cannot be read */
  openWorkspace(): Promise<PythonWorkspace>;
}

type Look = (session: Examined) => Promise<Finding>;

/** Less free space than this is worth a word: an interpreter's environments alone take hundreds of megabytes. */
const LITTLE_SPACE = 2 * 1024 ** 3;
/** With less than this not even the tools can be installed. */
const NO_SPACE = 200 * 1024 ** 2;

/** Looks at one part after the other, by trying it. */
export async function* examine(session: Examined): AsyncGenerator<ExaminedPart> {
  for (const [name, look] of PARTS) yield { name, finding: await attempt(() => look(session)) };
  yield* projects(session);
}

const PARTS: readonly (readonly [string, Look])[] = [
  ['system', system],
  ['sandbox', sandbox],
  ['store', store],
  ['free space', freeSpace],
  ['locks', locks],
  ['git', git],
  ['compiler', compiler],
  ['tools', tools],
  ['docker', docker],
  ['compose', compose],
];

// eslint-disable-next-line @typescript-eslint/require-await -- every part is looked at in the same way
async function system(): Promise<Finding> {
  const text = `${process.platform} ${process.arch}, Node ${process.versions.node}`;
  if (process.platform === 'linux') return { state: 'ok', text };
  return { state: 'missing', text, hint: 'builds need Linux: use a Linux machine, virtual machine or container' };
}

async function sandbox({ engine }: Examined): Promise<Finding> {
  const path = engine.environment.PATH ?? '';
  const refusal = await probeBubblewrap(path);
  if (refusal !== undefined) return { state: 'missing', text: refusal.message, hint: refusal.hint };
  return { state: 'ok', text: `${await versionOf('bwrap', engine.environment)}, and it can create a sandbox` };
}

async function store({ engine }: Examined): Promise<Finding> {
  const workspace = await engine.store.scratch.directory();
  await workspace.dispose();
  return { state: 'ok', text: `${engine.store.directory} is writable` };
}

// eslint-disable-next-line @typescript-eslint/require-await -- every part is looked at in the same way
async function freeSpace({ engine }: Examined): Promise<Finding> {
  let directory = engine.store.directory;
  while (!existsSync(directory)) directory = dirname(directory);
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB for ${engine.store.directory}`;
  if (free >= LITTLE_SPACE) return { state: 'ok', text };
  return {
    state: free < NO_SPACE ? 'missing' : 'note',
    text,
    hint: 'free some space, or choose another directory with WHEELHOUSE_CACHE_DIR',
  };
}

async function locks({ engine }: Examined): Promise<Finding> {
  const lock = await lockFile(join(engine.store.directory, 'locks', 'doctor.lock'), { signal: engine.signal });
  await lock?.release();
  return { state: 'ok', text: 'locks between processes work' };
}

async function git({ engine }: Examined): Promise<Finding> {
  const version = await versionOf('git', engine.environment);
  if (version !== undefined) return { state: 'ok', text: version };
  return {
    state: 'note',
    text: 'git is not installed: .gitignore is not read, and all files of a project are sources except those that tools leave behind',
    hint: 'install git',
  };
}

async function compiler({ engine }: Examined): Promise<Finding> {
  const version = await versionOf('cc', engine.environment);
  if (version !== undefined) return { state: 'ok', text: version };
  return {
    state: 'note',
    text: 'no C compiler found: sdists with extension modules cannot be built',
    hint: 'install gcc and the headers of Python, such as the packages build-essential and python3-dev',
  };
}

async function tools({ engine }: Examined): Promise<Finding> {
  const { environment, store: place, signal } = engine;
  const { directory } = await ensureTools({
    store: place.directory,
    python: () => findPython(environment, place.memo('python-interpreters'), '>=3.10'),
    environment,
    io: { signal, log: { write: () => undefined } },
  });
  return { state: 'ok', text: directory };
}

async function docker({ engine }: Examined): Promise<Finding> {
  const { environment } = engine;
  const client = await versionOf('docker', environment);
  if (client === undefined) {
    return {
      state: 'note',
      text: 'Docker is not installed: the targets stage:* and tests with services cannot run',
      hint: 'install Docker, such as the package docker.io, or use the native targets',
    };
  }
  const server = await versionOf('docker', environment, ['version', '--format', '{{.Server.Version}}']);
  if (server !== undefined) return { state: 'ok', text: `${client}, and engine ${server} is running` };
  return {
    state: 'note',
    text: `${client}, but no engine is running`,
    hint: 'start the engine, or give this user access to it (`docker version` shows why)',
  };
}

async function compose({ engine }: Examined): Promise<Finding> {
  const { environment } = engine;
  const version =
    (await versionOf('docker', environment, ['compose', 'version'])) ??
    (await versionOf('docker-compose', environment));
  if (version !== undefined) return { state: 'ok', text: version };
  return {
    state: 'note',
    text: 'Docker Compose is not installed: the targets stage:* and tests with services cannot run',
    hint: 'install Docker Compose, such as the package docker-compose',
  };
}

/** The options and the interpreter of each Python project of the workspace, if there is a workspace. */
async function* projects(session: Examined): AsyncGenerator<ExaminedPart> {
  let workspace: Awaited<ReturnType<Examined['openWorkspace']>> | undefined;
  const finding = await attempt(async () => {
    workspace = await session.openWorkspace();
    const count = workspace.projects.length + workspace.problems.length;
    return { state: 'ok', text: `${workspace.directory} has ${count} Python projects` };
  });
  yield { name: 'workspace', finding: finding.state === 'missing' ? { ...finding, state: 'note' } : finding };
  if (workspace !== undefined) {
    for (const { text, hint } of [...unmatchedNames(workspace), ...(await unmatchedGlobs(workspace))]) {
      yield { name: 'options', finding: { state: 'note', text, hint } };
    }
  }
  for (const { ref, error } of workspace?.problems ?? []) {
    yield { name: ref.name, finding: await attempt(() => Promise.reject(error)) };
  }
  for (const project of workspace?.projects ?? []) {
    yield {
      name: project.ref.name,
      finding: await attempt(async () => {
        const interpreter = await workspace?.interpreter(project);
        return { state: 'ok', text: `${interpreter?.executable ?? ''} is Python ${interpreter?.version ?? ''}` };
      }),
    };
    yield { name: project.ref.name, finding: await attempt(() => toolchains(session, workspace, project)) };
  }
}

/** Which toolchains a project has, and why. */
async function toolchains(
  { engine }: Examined,
  workspace: PythonWorkspace | undefined,
  project: PythonWorkspace['projects'][number],
): Promise<Finding> {
  if (workspace === undefined) throw new Error('the workspace was not opened');
  const { projectToolchains } = await import('@wheelhouse/python-stage/internal');
  const described = await projectToolchains({ workspace, project, engine });
  const texts = described
    .filter(({ builds }) => builds !== 'sdists of dependencies')
    .map(({ builds, element, kind, packages, why }) => {
      const whole = kind === 'host' ? "this machine's directories" : 'an image';
      const what = packages === undefined ? whole : `${packages.length} packages`;
      return `${builds}: ${element} (${what}), because ${why}`;
    });
  return { state: 'ok', text: texts.join('; ') };
}

/** A user's error is what is missing. */
async function attempt(look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ElementError) {
      const detail = error.detail === undefined ? '' : `\n${error.detail}`;
      return { state: 'missing', text: `${error.message}${detail}`, hint: error.hint };
    }
    if (error instanceof ElementErrors) return { state: 'missing', text: formatError(error) };
    throw error;
  }
}
