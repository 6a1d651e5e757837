import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { throwErrors, type Outcome } from '../build/outcome.js';
import type { BuildEvent } from '../build/events.js';
import { Scheduler } from '../build/scheduler.js';
import { BuildSession } from '../build/session.js';
import { coreElements } from '../elements/core-elements.js';
import type { ElementKeys } from '../key/element-key.js';
import { PROJECT_CONF } from '../load/declarations/project.js';
import { diskDocuments } from '../load/documents/disk-documents.js';
import { normalPath, type Documents } from '../load/documents/documents.js';
import { layeredDocuments } from '../load/documents/layered-documents.js';
import { memoryDocuments } from '../load/documents/memory-documents.js';
import type { Element } from '../plugin/element.js';
import type { ArtifactRecord, Key, Sandbox } from '../plugin/ports.js';
import { PluginRegistry, type PluginModule } from '../plugin/registry.js';
import { SourceServices } from '../plugin/source-services.js';
import { readBlob, walkTree, type TreeEntry } from '../cas/tree.js';
import type { ElementGraph } from '../resolve/element-graph.js';
import { BubblewrapSandbox } from '../sandbox/bubblewrap/bubblewrap-sandbox.js';
import { coreSources } from '../sources/core-sources.js';
import { LocalStore } from '../store/local-store.js';
import { removeTree } from '../store/removal.js';

/** The options of a project under test. @public */
export interface TestProjectOptions {
  /** Absolute path of a project's directory, which is read and never written to. */
  readonly directory?: string;
  /**
   * Texts by their paths relative to the project. Without `directory` they are the whole project and are written to a
   * directory of its own. With it they stand for project.conf and element files; what plugins and sources read stays
   * what is on disk, so that no other paths are taken.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** Names of elements or globs; the project's default targets, else all of its elements, if there are none. */
  readonly targets?: readonly string[];
  /** Kinds in addition to those that every project has and those that its project.conf names. */
  readonly plugins?: readonly PluginModule[];
  /** A store to share between projects, which is kept; default: a new one, which is removed with the project. */
  readonly store?: LocalStore;
  /** Where actions run; default: bubblewrap. */
  readonly sandbox?: (store: LocalStore) => Sandbox;
  /** Whether a failure that is on record in a shared store is tried again. Default false. */
  readonly retryFailed?: boolean;
}

/** A real project with a real store and sandbox, for tests of kinds of elements and sources. @public */
export interface TestProject {
  /** Absolute path. */
  readonly directory: string;
  readonly store: LocalStore;
  readonly graph: ElementGraph;
  readonly keys: ElementKeys;
  /** What happened while {@link build} ran, in its order. */
  readonly events: readonly BuildEvent[];
  /** The element of that name, such as `app.bst`. */
  element(name: string): Element;
  /** The element's unique key: 64 hexadecimal digits. Needs no build. */
  keyOf(name: string): Key;
  /** Builds the targets and all they need when they run. A command that fails is an outcome, not an error. */
  build(): Promise<readonly Outcome[]>;
  /** The record of an element that was built, found, or failed. */
  recordOf(name: string): ArtifactRecord;
  /** Everything in the artifact of a built element, paths relative to the artifact's root. */
  artifactOf(name: string): Promise<readonly TreeEntry[]>;
  /** The text of a file in the artifact of a built element. */
  readArtifact(name: string, path: string): Promise<string>;
  /** What the commands of an element printed when they ran; empty if none did. */
  logOf(name: string): Promise<string>;
  /** Removes everything that was made for the project. */
  dispose(): Promise<void>;
}

/**
 * Opens a project: loads, resolves, runs every `preflight` and determines the consistency of every source. Nothing is
 * built. Programs are searched for on the `PATH` of this process.
 *
 * @throws ElementError, ElementErrors what is wrong with the project, or with this machine for it
 * @public
 */
export async function openTestProject(options: TestProjectOptions): Promise<TestProject> {
  const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'wheelhouse-project-'));
  try {
    return await open(options, temporary);
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
}

async function open(options: TestProjectOptions, temporary: string): Promise<TestProject> {
  const { directory, documents } = placeProject(options, temporary);
  const store = options.store ?? LocalStore.open(join(temporary, 'store'));
  const memo = (name: string): string => store.memo(name);
  const services = new SourceServices(store, process.env.PATH ?? '');
  const registry = new PluginRegistry(services).register({
    elements: coreElements({ memo, verify: false }),
    sources: coreSources,
  });
  for (const plugin of options.plugins ?? []) registry.register(plugin);
  const events: BuildEvent[] = [];
  const session = await BuildSession.open(
    {
      store,
      sandbox: options.sandbox?.(store) ?? new BubblewrapSandbox({ store, path: process.env.PATH ?? '' }),
      listener: (event) => events.push(event),
      scheduler: new Scheduler({ slots: store.slots }),
      signal: new AbortController().signal,
      retryFailed: options.retryFailed ?? false,
    },
    { documents, directory, targets: options.targets ?? [], registry },
  );
  const artifactOf = async (name: string): Promise<TreeEntry[]> => {
    const entries: TreeEntry[] = [];
    for await (const entry of walkTree(store.blobs, session.recordOf(name).tree)) entries.push(entry);
    return entries;
  };
  return {
    directory,
    store,
    graph: session.graph,
    keys: session.keys,
    events,
    element: (name) => session.element(name),
    keyOf: (name) => session.keys.key(session.element(name)),
    build: async () => {
      const outcomes = await session.build();
      throwErrors(outcomes);
      return outcomes;
    },
    recordOf: (name) => session.recordOf(name),
    artifactOf,
    readArtifact: async (name, path) => {
      const entry = (await artifactOf(name)).find((each) => each.path === path);
      if (entry?.type !== 'file') throw new Error(`the artifact of ${name} has no file ${path}`);
      return Buffer.from(await readBlob(store.blobs, entry.digest)).toString('utf8');
    },
    logOf: async (name) => {
      const { log } = session.recordOf(name);
      return log === undefined ? '' : Buffer.from(await readBlob(store.blobs, log)).toString('utf8');
    },
    dispose: () => removeTree(temporary),
  };
}

function placeProject(
  options: TestProjectOptions,
  temporary: string,
): { readonly directory: string; readonly documents: Documents } {
  const texts = new Map(Object.entries(options.files ?? {}).map(([path, text]) => [normalPath(path), text]));
  if (options.directory !== undefined) {
    const other = [...texts.keys()].find((path) => path !== PROJECT_CONF && !path.endsWith('.bst'));
    if (other !== undefined) {
      throw new Error(`${other} is neither ${PROJECT_CONF} nor an element: write it into the project's directory`);
    }
    const documents = layeredDocuments(diskDocuments(options.directory), memoryDocuments(texts));
    return { directory: options.directory, documents };
  }
  const directory = join(temporary, 'project');
  mkdirSync(directory);
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return { directory, documents: diskDocuments(directory) };
}
