import { resolve } from 'node:path';
import { SourceServices } from '@wheelhouse/element';
import {
  BuildSession,
  coreElements,
  coreSources,
  digestOf,
  diskDocuments,
  PACKAGES_SERVICES,
  listenForInterruption,
  ParsedDocuments,
  PluginRegistry,
  type OnError,
} from '@wheelhouse/element/internal';
import { packageVersion } from '@wheelhouse/element/program';
import { debian, image, IMAGE_SERVICES } from '@wheelhouse/oci/internal';
import type { Operation, PythonEngine, PythonWorkspace } from '@wheelhouse/python-stage/internal';
import type { CommandContext } from './command.js';
import { openEngine } from '../engine.js';
import { openReporter } from '../reporter/open-reporter.js';
import type { Reporter } from '../reporter/reporter.js';
import { openWorkspace } from '../workspace/open-workspace.js';
import { findElementProject, findWorkspace, isInElementProject } from '../workspace/workspace-root.js';

/** What a command asks of its session. */
export interface SessionOptions {
  readonly directory?: string | undefined;
  readonly retryFailed?: boolean | undefined;
  readonly onError?: OnError | undefined;
  readonly verifyToolchain?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** What the commands that look at elements work with. The workspace is read when the first project is asked for. */
export class CommandSession {
  private readonly directory: string;
  private workspace: PythonWorkspace | undefined;

  constructor(
    private readonly context: CommandContext,
    readonly engine: PythonEngine,
    readonly reporter: Reporter,
    options: SessionOptions,
  ) {
    this.directory = resolve(context.cwd, options.directory ?? '.');
  }

  /** A project of the workspace that the working directory is in. @throws ElementError WORKSPACE, METADATA */
  async operation(project: string): Promise<Operation> {
    const workspace = await this.openWorkspace();
    return { workspace, project: workspace.project(project), engine: this.engine };
  }

  /** @throws ElementError WORKSPACE, PLUGIN_OPTIONS, METADATA */
  async openWorkspace(): Promise<PythonWorkspace> {
    this.workspace ??= await openWorkspace({
      directory: findWorkspace(this.directory),
      environment: this.context.environment,
      engine: this.engine,
      memo: (name) => this.engine.store.memo(name),
    });
    return this.workspace;
  }

  /** Whether the working directory is in a project of elements. */
  isInElementProject(): boolean {
    return isInElementProject(this.directory);
  }

  /**
   * The elements of the project that the working directory is in.
   *
   * @param engine default: the session's
   * @throws ElementError
   */
  async elements(targets: readonly string[], engine: PythonEngine = this.engine): Promise<BuildSession> {
    const directory = findElementProject(this.directory);
    const memo = engine.store.memo(`documents-${digestOf(directory).hash.slice(0, 16)}`);
    const parsed = new ParsedDocuments(memo, packageVersion(__dirname));
    return await BuildSession.open(engine, {
      documents: diskDocuments(directory, { parsed }),
      directory,
      targets,
      registry: elementRegistry(engine),
    }).finally(() => {
      parsed.save();
    });
  }
}

/** The kinds every project of elements has. */
export function elementRegistry(
  engine: Pick<PythonEngine, 'store' | 'verifyToolchain' | 'background' | 'environment'>,
): PluginRegistry {
  const { store, verifyToolchain: verify, background, environment } = engine;
  const services = new SourceServices(store, environment.PATH ?? '').bind(PACKAGES_SERVICES, { verify });
  services.bind(IMAGE_SERVICES, { environment });
  return new PluginRegistry(services).register({
    elements: coreElements({ memo: (name) => store.memo(name), verify, background }),
    sources: [...coreSources, image, debian],
  });
}

/** Whether a target is an element; any other is a project of the workspace. */
export function isElementName(target: string): boolean {
  return target.endsWith('.bst');
}

/** Opens a session, lets `work` use it, and closes it. */
export async function withSession<T>(
  context: CommandContext,
  options: SessionOptions,
  work: (session: CommandSession) => Promise<T>,
): Promise<T> {
  const { environment, output } = context;
  const interruptible = listenForInterruption(context.process);
  let reporter: Reporter | undefined;
  try {
    const engine = openEngine({
      ...options,
      environment,
      signal: interruptible.signal,
      reporter: (store) =>
        (reporter = openReporter(store, { output, environment, verbose: options.verbose, json: options.json })),
    });
    if (reporter === undefined) throw new Error('the engine was opened without its reporter');
    return await work(new CommandSession(context, engine, reporter, options));
  } catch (error) {
    // Whatever ends a build, what was done is counted up.
    if (reporter?.hasBegun === true) reporter.finish();
    throw error;
  } finally {
    reporter?.close();
    interruptible.dispose();
  }
}
