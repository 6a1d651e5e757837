import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LocalStore, Scheduler, type BuildSession } from '@wheelhouse/element/internal';
import type { ProjectSettings } from '@wheelhouse/python/internal';
import { questionDigest, type Question } from '@wheelhouse/python/lockfile';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import {
  openPlan,
  planClosure,
  PythonWorkspace,
  type PlannedClosure,
  type PythonEngine,
} from '@wheelhouse/python-stage/internal';

/** An engine with a store of its own whose sandbox refuses to run anything: what is planned and keyed is never built. */
export function idleEngine(): PythonEngine {
  return {
    store: LocalStore.open(temporaryDirectory()),
    sandbox: {
      name: 'none',
      supports: () => undefined,
      run: () => Promise.reject(new Error('nothing is built here')),
    },
    scheduler: new Scheduler(),
    listener: () => undefined,
    signal: new AbortController().signal,
    retryFailed: false,
    environment: process.env,
    verifyToolchain: false,
    toolchains: new Map(),
  };
}

/** A workspace of projects that require nothing of an index; its elements are planned and keyed, and none is built. */
export class PlannedWorkspace {
  readonly directory: string = temporaryDirectory();
  readonly engine: PythonEngine = idleEngine();
  private readonly roots: string[] = [];

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.directory, file)), { recursive: true });
    writeFileSync(join(this.directory, file), text);
  }

  /**
   * A project with a backend of its own, and locks without an entry.
   *
   * @param rest what `[project]` says beside its name and version, and further tables
   * @param builtWith `build-system.requires`
   */
  project(root: string, rest = '', builtWith: readonly string[] = []): void {
    const name = nameOf(root);
    this.roots.push(root);
    this.write(
      `${root}/pyproject.toml`,
      `[build-system]
requires = ${JSON.stringify(builtWith)}
build-backend = "backend"
backend-path = ["."]
[project]
name = "${name}"
version = "1"
requires-python = ">=3.8"
${rest}`,
    );
    this.write(`${root}/${name}/__init__.py`, '');
    this.write(`${root}/tests/test_it.py`, '');
    this.write(`${root}/locks/test.txt`, emptyLock('test', name));
    this.write(`${root}/locks/runtime.txt`, emptyLock('runtime', name));
    this.write(`${root}/locks/build/${name}.txt`, emptyLock('build', name));
  }

  /** Its toolchain is the machine itself unless `settings` say otherwise: that is known without reading any of it. */
  async open(settings: ProjectSettings = {}): Promise<PythonWorkspace> {
    return await PythonWorkspace.open({
      directory: this.directory,
      projects: this.roots.map((root) => ({ name: nameOf(root), root, settings: { toolchain: 'host', ...settings } })),
      environment: process.env,
      memo: (name) => this.engine.store.memo(name),
    });
  }

  /** The elements of what a project ships and of its tests. */
  async session(
    name: string,
    settings?: ProjectSettings,
  ): Promise<{ readonly session: BuildSession; readonly shipped: PlannedClosure; readonly tested: PlannedClosure }> {
    const workspace = await this.open(settings);
    const project = workspace.project(name);
    const shipped = await planClosure({ workspace, project });
    const tested = await planClosure({ workspace, project }, 'test');
    const { plan, all } = tested;
    const targets = [...all.map((each) => plan.wheel(each)), plan.test(tested.own, tested.local)];
    const session = await openPlan(workspace, this.engine, { plan, targets, projects: all });
    return { session, shipped, tested };
  }

  /** The keys of a project's elements, those of environments left out, by their names. */
  async keys(name: string, settings?: ProjectSettings): Promise<ReadonlyMap<string, string>> {
    const { session } = await this.session(name, settings);
    const named = session.graph.elements.filter((element) => !element.name.startsWith('env/'));
    return new Map(named.map((element) => [element.name, session.keys.key(element)]));
  }
}

/** A project is called by its directory, that of the workspace itself `outer`. */
function nameOf(root: string): string {
  return root === '.' ? 'outer' : (root.split('/').at(-1) ?? '');
}

/** The text of a lock of a project that requires nothing. */
export function emptyLock(kind: Question['kind'], distribution: string): string {
  const question = { kind, distribution, python: '3.8', requirements: [], hookRequirements: [] };
  return [
    '# wheelhouse lock 1',
    ...[`# kind: ${kind}`, `# distribution: ${distribution}`, '# python: 3.8', '# uv: 0.13.9'],
    `# requirements: ${questionDigest(question)}`,
    '',
  ].join('\n');
}
