import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildEvent, type Sandbox, type SourceKind } from '@wheelhouse/element';
import {
  BubblewrapSandbox,
  BuildSession,
  coreElements,
  diskDocuments,
  local,
  LocalStore,
  PluginRegistry,
  Scheduler,
  throwErrors,
  walkTree,
  type Engine,
} from '@wheelhouse/element/internal';

/** What differs from an engine of its own without limits that takes failures from the record and continues on errors. */
export interface SessionOptions extends Partial<
  Pick<Engine, 'retryFailed' | 'limits' | 'scheduler' | 'onError' | 'signal'>
> {
  readonly sources?: readonly SourceKind[];
}

/** A project on disk with a store of its own, built by the real sandbox. */
export interface TestProject {
  readonly directory: string;
  readonly store: LocalStore;
  readonly events: BuildEvent[];
  /** Is called for every event. */
  onEvent: (event: BuildEvent) => void;
  /** What the sandbox was asked to run, by the elements' logs: how often it ran. */
  runs: number;
  /** Writes files, relative to the project. */
  write(files: Readonly<Record<string, string>>): void;
  open(targets: readonly string[], options?: SessionOptions): Promise<BuildSession>;
  /** Builds, and says how each element that was looked at ended. */
  build(targets: readonly string[], options?: SessionOptions): Promise<Record<string, string>>;
  /** The paths of an element's artifact that was built in the last session. */
  paths(session: BuildSession, element: string): Promise<string[]>;
}

export const HOST = 'kind: host\n';

/** @param storeDirectory absolute path of a store that other projects use, too */
export function testProject(root: string, storeDirectory: string = join(root, 'store')): TestProject {
  const directory = join(root, 'project');
  const store = LocalStore.open(storeDirectory);
  const real = new BubblewrapSandbox({ store, path: process.env.PATH ?? '' });
  const events: BuildEvent[] = [];
  const project: TestProject = {
    directory,
    store,
    events,
    onEvent: () => undefined,
    runs: 0,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), text);
      }
    },
    async open(
      targets,
      { retryFailed = false, limits = {}, scheduler, onError = 'continue', sources = [], signal } = {},
    ) {
      const counted: Sandbox = {
        name: real.name,
        supports: (action) => real.supports(action),
        run: (action, io) => {
          project.runs += 1;
          return real.run(action, io);
        },
      };
      return await BuildSession.open(
        {
          store,
          sandbox: counted,
          scheduler: scheduler ?? new Scheduler({ slots: store.slots }),
          onError,
          listener: (event) => {
            events.push(event);
            project.onEvent(event);
          },
          signal: signal ?? new AbortController().signal,
          retryFailed,
          limits,
        },
        {
          documents: diskDocuments(directory),
          directory,
          targets,
          registry: new PluginRegistry().register({
            elements: coreElements({ memo: (name) => store.memo(name), verify: false }),
            sources: [local, ...sources],
          }),
        },
      );
    },
    async build(targets, options) {
      const outcomes = await (await project.open(targets, options)).build();
      throwErrors(outcomes);
      return Object.fromEntries(outcomes.map(({ element, status }) => [element.name, status]));
    },
    async paths(session, element) {
      const paths: string[] = [];
      for await (const entry of walkTree(store.blobs, session.recordOf(element).tree)) paths.push(entry.path);
      return paths;
    },
  };
  project.write({ 'project.conf': 'name: test\nmin-version: 2.4\n', 'host.bst': HOST });
  return project;
}
