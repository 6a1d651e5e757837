import { dirname } from 'node:path';
import { type BlobStore } from '@wheelhouse/element';
import { readBlob, readDirectory, throwErrors, type ArtifactRecord } from '@wheelhouse/element/internal';
import type { ProjectMetadata } from '@wheelhouse/python/internal';
import { readToolsLock } from '@wheelhouse/python/fetch';
import type { Lock, LockEntry } from '@wheelhouse/python/lockfile';
import { type SdistMetadata, parseMetadata } from '@wheelhouse/python/metadata';
import { hookFailure, type FailedHook, type HookRunner, type SdistFile } from '@wheelhouse/python-lock/internal';
import type { Operation } from '../workspace/operation.js';
import { outsideHint } from './outside-hint.js';
import { systemHints } from './system-hint.js';
import { openPlan } from '../workspace/python-engine.js';
import type { PlannedProject } from '../plan/planned-project.js';
import { ProjectPlan } from '../plan/project-plan.js';

/**
 * Asks build backends in the sandbox, each question an element: no backend runs on this machine itself, and an answer
 * is asked for once (docs/adr/0011).
 */
export class SandboxedHooks implements HookRunner {
  /**
   * @param planned a project whose locks are made (any if none is named), with the build locks known so far
   * @param findLinks directories with files that no index is queried for
   */
  constructor(
    private readonly operation: Pick<Operation, 'workspace' | 'engine'>,
    private readonly planned: (build: ReadonlyMap<string, Lock>, project?: ProjectMetadata) => PlannedProject,
    private readonly findLinks: readonly string[] = [],
  ) {}

  async metadata(sdist: SdistFile, lock: Lock, known: ReadonlyMap<string, Lock>): Promise<SdistMetadata> {
    const project = await this.withRust(this.planned(known), lock, known);
    const text = await this.ask(sdist, project, (plan) => plan.sdistHook(entryOf(sdist), lock, 'metadata', project));
    return parseMetadata(text);
  }

  async buildRequires(
    target: { readonly sdist: SdistFile } | { readonly project: ProjectMetadata },
    lock: Lock,
    known: ReadonlyMap<string, Lock>,
  ): Promise<string[]> {
    const planned = this.planned(known, 'project' in target ? target.project : undefined);
    const project = await this.withRust(planned, lock, known);
    const text = await this.ask('sdist' in target ? target.sdist : undefined, project, (plan) =>
      'project' in target
        ? plan.buildRequires(project, lock)
        : plan.sdistHook(entryOf(target.sdist), lock, 'get-requires', project),
    );
    return JSON.parse(text) as string[];
  }

  /** @param lock the one that is being made, which is not among those known yet */
  private async withRust(
    project: PlannedProject,
    lock: Lock,
    known: ReadonlyMap<string, Lock>,
  ): Promise<PlannedProject> {
    const build = new Map([...known, [lock.distribution, lock]]);
    return { ...project, ...(await this.operation.workspace.rustParts(project.metadata, build)) };
  }

  /** Builds the element that asks, and reads its one file. */
  private async ask(
    sdist: SdistFile | undefined,
    project: PlannedProject,
    planned: (plan: ProjectPlan) => string,
  ): Promise<string> {
    const { workspace, engine } = this.operation;
    const plan = new ProjectPlan(readToolsLock());
    const name = planned(plan);
    const session = await openPlan(workspace, engine, {
      plan,
      targets: [name],
      projects: [project],
      findLinks: [...this.findLinks, ...(sdist === undefined ? [] : [dirname(sdist.path)])],
    });
    const outcomes = await session.build();
    throwErrors(outcomes);
    const failed = outcomes.find(({ status }) => status === 'failed');
    if (failed?.status === 'failed') {
      const log = await logOf(engine.store.blobs, failed.record);
      const outside = sdist === undefined ? await outsideHint(this.operation, project, failed.record) : undefined;
      const hint = outside ?? (await systemHints(this.operation, project.toolchain, failed.record))[0];
      throw hookFailure(failedHook(sdist, project, { log, hint }));
    }
    const { blobs } = engine.store;
    const [answer] = (await readDirectory(blobs, session.recordOf(name).tree)).files;
    if (answer === undefined) throw new Error(`${name} left no answer`);
    return Buffer.from(await readBlob(blobs, answer.digest)).toString('utf8');
  }
}

function entryOf(sdist: SdistFile): LockEntry {
  return {
    normalizedName: sdist.normalizedName,
    version: sdist.version,
    hashes: [`sha256:${sdist.sha256}`],
    origin: { file: sdist.filename, line: 1, column: 0 },
  };
}

async function logOf(blobs: BlobStore, record: ArtifactRecord): Promise<string> {
  return record.log === undefined ? '' : Buffer.from(await readBlob(blobs, record.log)).toString('utf8');
}

function failedHook(
  sdist: SdistFile | undefined,
  { metadata }: PlannedProject,
  said: Pick<FailedHook, 'log' | 'hint'>,
): FailedHook {
  const { name, origins } = metadata;
  const whose =
    sdist === undefined ? { name, origin: origins.buildSystem } : { name: sdist.name, version: sdist.version };
  return { ...whose, project: metadata, ...said };
}
