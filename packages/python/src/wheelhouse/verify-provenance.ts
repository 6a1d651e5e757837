import type { Findings } from './findings.js';
import type { JsonDocument } from './json-document.js';
import { PROVENANCE, REQUIREMENTS, SBOM } from './layout.js';
import { PROVENANCE_TYPE } from './provenance.js';
import { STATEMENT_TYPE } from './statement.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';

/** Checks that a provenance is about exactly the wheels that are there, by their digests, and what lies beside them. */
export function verifyProvenance({ provenance, wheels, digests }: WheelhouseContents, findings: Findings): void {
  if (provenance === undefined) return;
  findings.compare(PROVENANCE, '_type', { recorded: provenance.at('_type').text(), computed: STATEMENT_TYPE });
  const predicateType = provenance.at('predicateType').text();
  findings.compare(PROVENANCE, 'predicateType', { recorded: predicateType, computed: PROVENANCE_TYPE });
  const subjects = new Map(
    provenance
      .at('subject')
      .items()
      .map((subject) => [nameOf(subject), subject]),
  );
  const inputs = new Set(resolved(provenance).map(sha256Of));
  for (const { file, sha256 } of wheels) {
    const subject = subjects.get(file);
    findings.expect(subject !== undefined, PROVENANCE, `it has no subject \`${file}\``);
    if (subject === undefined) continue;
    findings.compare(PROVENANCE, `subject ${file}`, { recorded: sha256Of(subject), computed: sha256 });
    if (originOf(subject) !== 'snapshot') continue;
    findings.expect(inputs.has(sha256Of(subject)), PROVENANCE, `\`${file}\` is of a snapshot that does not hold it`);
  }
  for (const name of subjects.keys()) {
    findings.expect(digests.has(name), PROVENANCE, `it has a subject \`${name}\`, which is not there`);
  }
  const byproducts = provenance.at('predicate', 'runDetails', 'byproducts').items();
  for (const name of [SBOM, REQUIREMENTS]) {
    const recorded = byproducts.find((each) => nameOf(each) === name);
    const computed = digests.get(name) ?? 'not there';
    findings.compare(PROVENANCE, `byproduct ${name}`, {
      recorded: recorded?.at('digest', 'sha256').text() ?? '',
      computed,
    });
  }
}

/** The inputs that a provenance names. */
export function resolved(provenance: JsonDocument): JsonDocument[] {
  return provenance.at('predicate', 'buildDefinition', 'resolvedDependencies').items();
}

/** The inputs of a role. */
export function resolvedOf(provenance: JsonDocument, role: string): JsonDocument[] {
  return resolved(provenance).filter((each) => each.at('annotations', 'role').text() === role);
}

export function nameOf(resource: JsonDocument): string {
  return resource.at('name').text();
}

export function sha256Of(resource: JsonDocument): string {
  return resource.at('digest', 'sha256').text();
}

/** Where a wheel comes from, as a provenance says: see `WheelOrigin`. */
export function originOf(subject: JsonDocument): string {
  return subject.at('annotations', 'origin').text();
}
