import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { digestOf, throwCollected, type BuildSession } from '@wheelhouse/element/internal';
import { InspectionMemo } from './inspection-memo.js';
import type { Operation, PlannedClosure } from '../workspace/operation.js';
import { filesOf, type TreeFile } from '../workspace/tree-files.js';
import type { MetadataDifference } from '../inspection/compare-metadata.js';
import type { PlannedProject } from '../plan/planned-project.js';

/** The wheels that were built of projects of the workspace. */
export interface BuiltProjects {
  readonly closure: PlannedClosure;
  readonly session: BuildSession;
}

/**
 * Whether the wheels of a project and of those of the workspace that come with it say what was read of them without
 * running them, which is what locks were made from (docs/adr/0078). Wheels that were looked at before are remembered.
 *
 * @throws ElementErrors ARTIFACT, one for each field that differs
 */
export async function checkMetadata(operation: Operation, { closure, session }: BuiltProjects): Promise<void> {
  const { store } = operation.engine;
  const memo = new InspectionMemo(store.memo('wheel-metadata'));
  for (const project of closure.all) {
    const element = session.element(closure.plan.wheel(project));
    const record = await store.artifacts.get(session.keys.key(element));
    // A test run that was taken from another store comes without the wheel: the session that built it has checked.
    if (record === undefined) continue;
    for (const wheel of await filesOf(store.blobs, record.tree, '.whl')) {
      const { metadata, interpreter } = project;
      const { version = '', declared = {}, dependencies, optionalDependencies, requiresPython = '' } = metadata;
      const read = JSON.stringify([version, metadata.description, declared, dependencies, optionalDependencies]);
      const identity = [wheel.path, wheel.sha256, interpreter.tagsDigest, requiresPython, digestOf(read).hash];
      await memo.findings(identity, async () => {
        throwCollected((await differences(operation, wheel, project)).map((each) => errorOf(wheel, each)));
        return [];
      });
    }
  }
  memo.save();
}

async function differences(
  { workspace, engine }: Operation,
  wheel: TreeFile,
  { metadata, interpreter: { markers } }: PlannedProject,
): Promise<MetadataDifference[]> {
  const { blobBytes } = await import('../inspection/archive.js');
  const { metadataDifferences } = await import('../inspection/inspect-wheel.js');
  const found = await metadataDifferences(blobBytes(engine.store.blobs, wheel.digest, wheel.path), {
    metadata,
    markers,
  });
  const hasText = (name: string): boolean => {
    const path = join(workspace.directory, metadata.root, name);
    return existsSync(path) && readFileSync(path, 'utf8').trim() !== '';
  };
  // An empty file gives an empty description.
  return found.filter(
    ({ field, read }) => field !== 'Description' || read.length === 0 || read.some((name) => hasText(name)),
  );
}

function errorOf({ path }: TreeFile, { field, read, built, origin }: MetadataDifference): ElementError {
  const values = (list: readonly string[]): string =>
    list.length === 0 ? 'nothing' : list.map((each) => `\`${each}\``).join(', ');
  return new ElementError({
    code: 'ARTIFACT',
    message: `\`${field}\` of the wheel \`${path}\` differs from the metadata of the project: expected ${values(read)}, got ${values(built)}`,
    origin,
    hint: origin.file.endsWith('setup.py') ? SETUP_PY : OTHERWISE,
  });
}

const SETUP_PY =
  'setup.py computes another value when it runs, or reads a file that is not a source of the wheel: write the value as a literal, or in pyproject.toml';
const OTHERWISE =
  'a plugin or hook of the backend, or a setup.py, sets another value when the wheel is built: set it only in the metadata of the project; add files that are missing in the build to the option `include`';
