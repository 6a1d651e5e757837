import type { Findings } from './findings.js';
import type { JsonDocument } from './json-document.js';
import { PROVENANCE, REQUIREMENTS, SBOM } from './layout.js';
import { BUILD_TYPE, BUILDER, PROVENANCE_TYPE, type WheelOrigin } from './provenance.js';
import { STATEMENT_TYPE } from './statement.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';

/** Checks that a provenance is about exactly the wheels that are there, by their digests, and what is beside them. */
export function verifyProvenance(contents: WheelhouseContents, findings: Findings): void {
  const { provenance, wheels, digests } = contents;
  if (provenance === undefined) return;
  verifyPredicate(provenance, contents, findings);
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
    findings.expect(
      inputs.has(sha256Of(subject)),
      PROVENANCE,
      `\`${file}\` comes from a snapshot that does not contain it`,
    );
  }
  for (const name of subjects.keys()) {
    findings.expect(digests.has(name), PROVENANCE, `it has a subject \`${name}\`, which does not exist`);
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

/** The origins of wheels; one of them alone is the project's. */
const ORIGINS: readonly WheelOrigin[] = ['project', 'workspace', 'snapshot', 'sdist'];
/** What an input can be to a build. */
const ROLES = ['commit', 'sources', 'lock', 'snapshot', 'wheel', 'build', 'scripts', 'toolchain', 'rust'];

/** What a provenance says of the build itself: constants of its type, and what is said twice. */
function verifyPredicate(provenance: JsonDocument, { sbom }: WheelhouseContents, findings: Findings): void {
  const definition = provenance.at('predicate', 'buildDefinition');
  const details = provenance.at('predicate', 'runDetails');
  const internal = definition.at('internalParameters');
  findings.compareValue(PROVENANCE, '_type', provenance.at('_type'), STATEMENT_TYPE);
  findings.compareValue(PROVENANCE, 'predicateType', provenance.at('predicateType'), PROVENANCE_TYPE);
  findings.compareValue(PROVENANCE, 'buildType', definition.at('buildType'), BUILD_TYPE);
  findings.compareValue(PROVENANCE, 'builder.id', details.at('builder', 'id'), BUILDER);
  const [tool] = sbom?.at('metadata', 'tools', 'components').items() ?? [];
  if (tool !== undefined) {
    const version = details.at('builder', 'version', '@wheelhouse/python');
    findings.compareValue(PROVENANCE, 'builder.version', version, tool.at('version').text());
  }
  const invocation = details.at('metadata', 'invocationId').shown();
  findings.expect(/^[0-9a-f]{64}$/.test(invocation), PROVENANCE, `\`invocationId\` is \`${invocation}\`, not a key`);
  const environment = internal.at('environment');
  const toolchain = internal.at('toolchain');
  findings.compareValue(
    PROVENANCE,
    'toolchain.version',
    toolchain.at('version'),
    environment.at('python_full_version').text(),
  );
  findings.compareValue(
    PROVENANCE,
    'toolchain.implementation',
    toolchain.at('implementation'),
    environment.at('implementation_name').text(),
  );
  for (const member of ['sandboxContract', 'stagingRules']) {
    const value = internal.at(member);
    findings.expect(Number.isInteger(value.raw), PROVENANCE, `\`${member}\` is \`${value.shown()}\`, not a version`);
  }
  for (const resource of resolved(provenance)) {
    const role = resource.at('annotations', 'role').shown();
    findings.expect(ROLES.includes(role), PROVENANCE, `\`${nameOf(resource)}\` has the unknown role \`${role}\``);
  }
  const origins = provenance.at('subject').items().map(originOf);
  const unknown = origins.find((origin) => !ORIGINS.some((each) => each === origin));
  findings.expect(unknown === undefined, PROVENANCE, `\`origin\` is \`${unknown ?? ''}\`, which is unknown`);
  const projects = origins.filter((origin) => origin === 'project').length;
  findings.expect(projects === 1, PROVENANCE, `${projects} of its subjects are the project's wheel, instead of one`);
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

/** The digest of a tree as manifests write it: `sha256:<hex>/<bytes>`. */
export function treeDigestOf(resource: JsonDocument): string {
  return `sha256:${sha256Of(resource)}/${resource.at('annotations', 'sizeBytes').shown()}`;
}

/** Where a wheel comes from, as a provenance says: see `WheelOrigin`. */
export function originOf(subject: JsonDocument): string {
  return subject.at('annotations', 'origin').text();
}
