import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, type Element } from '@wheelhouse/element';
import { digestOf, throwCollected, type BuildSession } from '@wheelhouse/element/internal';
import { filesOfProject, type FilesOfProject } from './files-of-project.js';
import { InspectionMemo } from './inspection-memo.js';
import { artifactFiles, type Operation, type PlannedClosure } from '../workspace/operation.js';
import { ProjectFilesSource } from '../sources/project-files.js';
import { sourceDigestOf } from './source-digest.js';
import type { TreeFile } from '../workspace/tree-files.js';
import type { InspectedProject } from '../inspection/check-project-files.js';
import { formatFinding, type WheelFinding } from '../inspection/wheel-finding.js';

/** What is looked over. */
export interface InspectWheelsInput {
  readonly closure: PlannedClosure;
  readonly session: BuildSession;
  /** The project's own wheel. */
  readonly wheel: TreeFile;
  /** The elements whose wheels are installed with it. */
  readonly installed: readonly string[];
  /** Whether a warning is an error. */
  readonly strict: boolean;
}

/**
 * Looks over the wheels that were built here: the project's own in every way, others for what keeps them from being
 * installed. What was looked over before is remembered.
 *
 * @returns the warnings
 * @throws ElementErrors ARTIFACT, one for each error
 */
export async function inspectWheels(operation: Operation, input: InspectWheelsInput): Promise<readonly WheelFinding[]> {
  const { closure, session, wheel } = input;
  const { blobs } = operation.engine.store;
  const memo = new InspectionMemo(operation.engine.store.memo('wheel-inspections'));
  const own = closure.plan.wheel(closure.own);
  const inspect = async (file: TreeFile, project?: InspectedProject): Promise<readonly WheelFinding[]> => {
    const { blobBytes } = await import('../inspection/archive.js');
    const { inspectWheel } = await import('../inspection/inspect-wheel.js');
    return await inspectWheel(blobBytes(blobs, file.digest, file.path), project);
  };
  const project = inspected(operation, await filesOfProject(operation, listedFiles(session.element(own))));
  // What its sources are is in their digest; what git ignores and what is declared is not.
  const { all, ignored, shipped, hidden, patterns, licenceFiles } = project;
  const more = digestOf(JSON.stringify([all, ignored, shipped, hidden, patterns, licenceFiles])).hash;
  const identity = ['own', wheel.path, wheel.sha256, sourceDigestOf(session.element(own)), more];
  const findings = [...(await memo.findings(identity, async () => await inspect(wheel, project)))];
  const built = input.installed.filter((name) => name !== own && session.element(name).kind === 'wheel');
  for (const file of await artifactFiles(operation, session, built, '.whl')) {
    findings.push(...(await memo.findings(['built', file.path, file.sha256], async () => await inspect(file))));
  }
  memo.save();
  const failing = findings.filter(({ severity }) => input.strict || severity === 'error');
  throwCollected(failing.map(errorOf));
  return findings;
}

/** The project's files as they were when the wheel's source was captured. */
function listedFiles({ sources }: Element): readonly string[] | undefined {
  return sources.find((source) => source instanceof ProjectFilesSource)?.listed;
}

function errorOf(finding: WheelFinding): ElementError {
  const { hint } = finding;
  return new ElementError({
    code: 'ARTIFACT',
    message: formatFinding(finding),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What an inspection has to know of the project: its files, and what they declare. */
function inspected({ workspace, project }: Operation, files: FilesOfProject): InspectedProject {
  const { metadata } = project;
  const manifestIn = join(workspace.directoryOf(project), 'MANIFEST.in');
  const { namedFiles = [], patterns = [], buildSystem } = metadata;
  const licences = namedFiles.filter(({ licence }) => licence === true);
  return {
    name: metadata.normalizedName,
    backend: buildSystem.backend,
    manifestIn: existsSync(manifestIn) ? readFileSync(manifestIn, 'utf8') : undefined,
    licenceFiles: licences.map(({ path }) => path),
    licencesMayLack: licences.every(({ origin }) => !origin.file.endsWith('pyproject.toml')),
    patterns,
    ...files,
  };
}
