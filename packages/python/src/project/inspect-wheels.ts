import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, throwCollected, type BuildSession } from '@wheelhouse/element';
import { InspectionMemo } from './inspection-memo.js';
import { artifactFiles, type Operation, type PlannedClosure } from './operation.js';
import { wheelSourceMatcher } from '../plan/project-sources.js';
import { sourceDigestOf } from './source-digest.js';
import type { TreeFile } from './tree-files.js';
import type { InspectedProject } from '../inspection/check-project-files.js';
import { formatFinding, type WheelFinding } from '../inspection/wheel-finding.js';
import { readsSetupPy } from '../metadata/project-metadata.js';
import { sharedMatcher } from '../sources/shared-files.js';
import { projectFiles } from '../sources/source-set.js';
import { ignoredFiles, lfsPointers } from '../sources/unseen-files.js';

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
    const { blobBytes, inspectWheel } = await import('../inspection/index.js');
    return await inspectWheel(blobBytes(blobs, file.digest, file.path), project);
  };
  const { files, ignored } = await filesOfProject(operation);
  const identity = ['own', wheel.path, wheel.sha256, sourceDigestOf(session.element(own)), ...ignored];
  const findings = [
    ...(await memo.findings(identity, async () => await inspect(wheel, await inspected(operation, files, ignored)))),
  ];
  const built = input.installed.filter((name) => name !== own && session.element(name).kind === 'wheel');
  for (const file of await artifactFiles(operation, session, built, '.whl')) {
    findings.push(...(await memo.findings(['built', file.path, file.sha256], async () => await inspect(file))));
  }
  memo.save();
  const failing = findings.filter(({ severity }) => input.strict || severity === 'error');
  throwCollected(failing.map(errorOf));
  return findings;
}

function errorOf(finding: WheelFinding): ElementError {
  const { hint } = finding;
  return new ElementError({
    code: 'ARTIFACT',
    message: formatFinding(finding),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The files that the wheel is made from, and those in packages that git ignores; relative to the project. */
async function filesOfProject({
  workspace,
  project,
}: Operation): Promise<{ readonly files: readonly string[]; readonly ignored: readonly string[] }> {
  const directory = workspace.directoryOf(project);
  const { metadata, ref } = project;
  const { settings = {} } = ref;
  const matches = wheelSourceMatcher({ metadata, settings });
  const isGenerated = sharedMatcher((settings.generated ?? []).flatMap(({ files }) => files));
  const files = (await projectFiles(directory)).filter((path) => matches(path) && existsSync(join(directory, path)));
  const ignored = (await ignoredFiles(directory, files)).filter((path) => matches(path));
  return {
    files: [...files, ...ignored.filter(isGenerated)],
    ignored: ignored.filter((path) => !isGenerated(path)),
  };
}

/** What an inspection has to know of the project: its files, and what they declare. */
async function inspected(
  { workspace, project }: Operation,
  files: readonly string[],
  ignored: readonly string[],
): Promise<InspectedProject> {
  const directory = workspace.directoryOf(project);
  const read = (name: string): string | undefined =>
    existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8') : undefined;
  const { parse } = await import('smol-toml');
  const pyproject = parse(read('pyproject.toml') ?? '') as {
    readonly project?: { readonly 'license-files'?: unknown };
    readonly tool?: { readonly setuptools?: { readonly 'package-data'?: unknown } };
  };
  const licences = pyproject.project?.['license-files'];
  const { backend } = project.metadata.buildSystem;
  return {
    name: project.metadata.normalizedName,
    files,
    backend,
    manifestIn: read('MANIFEST.in'),
    licenceFiles: Array.isArray(licences) ? licences.map(String) : [],
    ignored,
    pointers: lfsPointers(directory, files),
    packageData: readsSetupPy(backend) ? patternsOf(pyproject.tool?.setuptools?.['package-data']) : {},
  };
}

function patternsOf(table: unknown): Record<string, string[]> {
  if (typeof table !== 'object' || table === null) return {};
  return Object.fromEntries(
    Object.entries(table).map(([name, patterns]) => [name, Array.isArray(patterns) ? patterns.map(String) : []]),
  );
}
