import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf, lockFile, type Outcome } from '@wheelhouse/element/internal';
import type { Interpreter } from '@wheelhouse/python/internal';
import { makeEditable, type EditableProject } from './editable-wheels.js';
import { runScript } from './script.js';
import { hasInterpreter, readStamp, venvPlace, type VenvStamp } from './venv-place.js';
import { checkClosure } from '../operations/check-closure.js';
import { checkMetadata } from '../operations/check-metadata.js';
import { artifactFiles, buildTargets, planClosure, type Operation } from '../workspace/operation.js';
import type { TreeFile } from '../workspace/tree-files.js';

/** How {@link makeVenv} makes an environment. */
export interface VenvOptions {
  /** Where it is: absolute, or relative to the project. Default `.venv`. */
  readonly path?: string | undefined;
  /** Whether pip is in it, beside what the lock says. */
  readonly pip?: boolean | undefined;
}

/** What {@link makeVenv} made. */
export interface VenvResult {
  readonly outcomes: readonly Outcome[];
  /** `undefined` if an element failed. */
  readonly venv?: {
    /** Absolute path. */
    readonly directory: string;
    /** Whether it was as it has to be already. */
    readonly fresh: boolean;
    /** How many distributions were installed from wheels. */
    readonly wheels: number;
    /** The projects that are edited in place; the project's own is the first. */
    readonly editable: readonly EditableProject[];
  };
}

/**
 * Makes a project's development environment: what its test lock holds, installed from the very wheels that tests use,
 * and the project with its local dependencies, those of its tests among them, edited in place (docs/adr/0033). One that is there is replaced whole, and
 * only when something in it would change.
 *
 * @throws ElementError LOCK_MISSING, LOCK_STALE, LOCK_HASH, FETCH, INTERPRETER, SANDBOX, VENV
 */
export async function makeVenv(operation: Operation, options: VenvOptions = {}): Promise<VenvResult> {
  const { workspace, project, engine } = operation;
  const place = venvPlace(workspace.directoryOf(project), options.path ?? '.venv');
  readStamp(place);
  const closure = await planClosure(operation, 'test', 'machine');
  const { own, all, plan } = closure;
  const { interpreter } = own;
  const tools = plan.installTools(interpreter);
  const thirdParty = [...plan.wheelsOf(own.locks.test, own), ...(options.pip === true ? plan.pip(interpreter) : [])];
  const local = all.map((each) => plan.wheel(each));
  const { session, outcomes, failed } = await buildTargets(operation, closure, [...tools, ...thirdParty, ...local]);
  if (failed) return { outcomes };

  await checkClosure(operation, { closure, session, kind: 'test' });
  await checkMetadata(operation, { closure, session });
  const wheels = await artifactFiles(operation, session, thirdParty, '.whl');
  const temporary = await engine.store.scratch.directory();
  const lock = await lockFile(join(engine.store.directory, 'locks', `venv-${digestOf(place).hash}.lock`), {
    signal: engine.signal,
  });
  try {
    const editable = await makeEditable(operation, {
      interpreter,
      session,
      projects: all,
      wheels: local,
      directory: temporary.path,
    });
    const content: VenvContent = { interpreter, place, prompt: own.metadata.name, wheels, editable };
    const stamp: VenvStamp = { digest: digestOfContent(content) };
    const fresh = readStamp(place)?.digest === stamp.digest && hasInterpreter(place);
    if (!fresh) {
      const files = await artifactFiles(operation, session, tools, '.whl');
      await install(operation, content, { stamp, tools: files, temporary: temporary.path });
    }
    return { outcomes, venv: { directory: place, fresh, wheels: wheels.length, editable } };
  } finally {
    await lock?.release();
    await temporary.dispose();
  }
}

/** Everything that decides what is in an environment. */
interface VenvContent {
  readonly interpreter: Interpreter;
  readonly place: string;
  readonly prompt: string;
  readonly wheels: readonly TreeFile[];
  readonly editable: readonly EditableProject[];
}

/** Raised when the same content makes another environment. */
const FORMAT = 1;

function digestOfContent({ interpreter, place, prompt, wheels, editable }: VenvContent): string {
  const { executable, version, soabi } = interpreter;
  const content = {
    format: FORMAT,
    interpreter: { executable, version, soabi },
    place,
    prompt,
    wheels: wheels.map(({ path, sha256 }) => [path, sha256]),
    editable: editable.map(({ filename, sha256 }) => [filename, sha256]),
  };
  return digestOf(JSON.stringify(content)).hash;
}

/** Makes the environment beside its place, then puts it there. */
async function install(
  { engine }: Operation,
  { interpreter, place, prompt, wheels, editable }: VenvContent,
  {
    stamp,
    tools,
    temporary,
  }: { readonly stamp: VenvStamp; readonly tools: readonly TreeFile[]; readonly temporary: string },
): Promise<void> {
  const { blobs } = engine.store;
  // `installer` reads a wheel's name, which a blob does not have.
  const named = async (files: readonly TreeFile[], directory: string): Promise<string[]> => {
    await mkdir(directory);
    return await Promise.all(
      files.map(async ({ path, digest }) => {
        await symlink(blobs.pathOf(digest), join(directory, path));
        return join(directory, path);
      }),
    );
  };
  await mkdir(dirname(place), { recursive: true });
  const beside = await mkdtemp(join(dirname(place), '.wheelhouse-'));
  try {
    await writeFile(join(beside, '.gitignore'), '*\n');
    await runScript(engine, interpreter, {
      script: 'make_venv.py',
      input: {
        path: place,
        destdir: beside,
        prompt,
        wheels: [...(await named(wheels, join(temporary, 'wheels'))), ...editable.map(({ path }) => path)],
        tools: await named(tools, join(temporary, 'tools')),
        helpers: join(__dirname, '..', 'elements', 'helpers'),
        stamp: JSON.stringify(stamp),
      },
    });
    await exchange(`${beside}${place}`, place, join(beside, 'old'));
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** Puts a directory in the place of another, which is put back where that cannot be. */
async function exchange(fresh: string, place: string, aside: string): Promise<void> {
  const replaced = readStamp(place) !== undefined;
  if (replaced) await rename(place, aside);
  try {
    await rename(fresh, place);
  } catch (error) {
    if (replaced) await rename(aside, place);
    throw error;
  }
}
