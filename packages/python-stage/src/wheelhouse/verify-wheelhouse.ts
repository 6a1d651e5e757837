import type { MarkerEnvironment } from '@wheelhouse/python/internal';
import { closureOf, type Closure } from './closure.js';
import { Findings, type WheelhouseFinding } from './findings.js';
import { PROVENANCE } from './layout.js';
import { verifyAddresses } from './verify-addresses.js';
import { verifyManifest } from './verify-manifest.js';
import { nameOf, originOf, verifyProvenance } from './verify-provenance.js';
import { verifyRequirements } from './verify-requirements.js';
import { verifySbom } from './verify-sbom.js';
import { verifyTested } from './verify-tested.js';
import type { WheelDescription } from './wheel-description.js';
import { readWheelhouse, type WheelhouseContents } from './wheelhouse-contents.js';

/** The options of {@link verifyWheelhouse}. */
export interface WheelhouseQuestion {
  /** Absolute path. */
  readonly directory: string;
  /** Whether the project's wheel has to have passed its tests. */
  readonly tested?: boolean | undefined;
  /** Absolute path of the record, or of its directory, where it is elsewhere. */
  readonly record?: string | undefined;
}

/** What {@link verifyWheelhouse} found out. */
export interface WheelhouseVerification {
  readonly findings: readonly WheelhouseFinding[];
  /** What is as it was recorded, and most likely not as it was meant. */
  readonly warnings: readonly WheelhouseFinding[];
  /** How many checks there were. */
  readonly checked: number;
  readonly contents: WheelhouseContents;
  /** The project's own wheel, where it is known which that is. */
  readonly own: WheelDescription | undefined;
}

/**
 * Checks a wheelhouse from its bytes alone, wherever it is: its wheels against their own RECORD, against
 * requirements.txt, the bill of materials, the provenance and the manifest beside it, and that nothing which an
 * installation needs is missing.
 *
 * @throws ElementError ARTIFACT if the directory is not a wheelhouse at all
 */
export async function verifyWheelhouse({
  directory,
  tested,
  record,
}: WheelhouseQuestion): Promise<WheelhouseVerification> {
  const findings = new Findings();
  const contents = await readWheelhouse(directory, findings);
  const own = ownWheel(contents);
  verifyRequirements(contents, findings);
  const closure = closureIn(contents, own);
  for (const { file, requirement, version } of closure?.unmet ?? []) {
    const there = version === undefined ? 'no wheel provides it' : `the wheelhouse has version \`${version}\``;
    findings.expect(false, file, `it requires \`${requirement}\`, but ${there}`);
  }
  verifyAddresses(contents, findings);
  verifySbom(contents, closure?.dependencies, findings);
  verifyProvenance(contents, findings);
  await verifyManifest(contents, own, findings);
  if (tested === true && own !== undefined) await verifyTested(contents, { wheel: own, record }, findings);
  if (tested === true) findings.expect(own !== undefined, PROVENANCE, "it does not say which wheel is the project's");
  return { findings: findings.list, warnings: findings.warnings, checked: findings.checked, contents, own };
}

function ownWheel({ provenance, wheels }: WheelhouseContents): WheelDescription | undefined {
  const subjects = provenance?.at('subject').items() ?? [];
  const subject = subjects.find((each) => originOf(each) === 'project');
  return subject === undefined ? undefined : wheels.find(({ file }) => file === nameOf(subject));
}

/** The dependency graph of the environment that the provenance names. */
function closureIn({ provenance, wheels }: WheelhouseContents, own: WheelDescription | undefined): Closure | undefined {
  const environment = provenance?.at('predicate', 'buildDefinition', 'internalParameters', 'environment').members();
  if (environment === undefined) return undefined;
  const text = (name: string): string => {
    const value = environment[name];
    return typeof value === 'string' ? value : '';
  };
  const markers: MarkerEnvironment = {
    os_name: text('os_name'),
    sys_platform: text('sys_platform'),
    platform_machine: text('platform_machine'),
    platform_python_implementation: text('platform_python_implementation'),
    platform_release: '',
    platform_system: text('platform_system'),
    platform_version: '',
    python_version: text('python_version'),
    python_full_version: text('python_full_version'),
    implementation_name: text('implementation_name'),
    implementation_version: text('implementation_version'),
  };
  return closureOf(wheels, own === undefined ? [] : [own.normalizedName], markers);
}
