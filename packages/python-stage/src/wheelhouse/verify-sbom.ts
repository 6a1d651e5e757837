import type { Findings } from './findings.js';
import type { JsonDocument } from './json-document.js';
import { SBOM } from './layout.js';
import { FILE_PROPERTY, isCrateUrl, packageUrl } from './sbom.js';
import { resolvedOf, sha256Of } from './verify-provenance.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';

/**
 * Checks that a bill of materials names exactly the wheels that are there, by their digests, and crates that some wheel
 * needs and that the provenance has among its inputs.
 *
 * @param dependencies the dependency graph, by normalised names; `undefined` if it is not known
 */
export function verifySbom(
  { sbom, wheels, provenance }: WheelhouseContents,
  dependencies: ReadonlyMap<string, readonly string[]> | undefined,
  findings: Findings,
): void {
  if (sbom === undefined) return;
  findings.compare(SBOM, 'bomFormat', { recorded: sbom.at('bomFormat').text(), computed: 'CycloneDX' });
  const all = [sbom.at('metadata', 'component'), ...sbom.at('components').items()];
  const components = all.filter((component) => !isCrateUrl(component.at('purl').text()));
  const byFile = new Map(components.map((component) => [fileOf(component), component]));
  const purls = new Map(wheels.map((wheel) => [wheel.normalizedName, packageUrl(wheel)]));
  for (const wheel of wheels) {
    const component = byFile.get(wheel.file);
    findings.expect(component !== undefined, SBOM, `it has no component for \`${wheel.file}\``);
    if (component === undefined) continue;
    const purl = packageUrl(wheel);
    findings.compare(SBOM, `hashes of ${wheel.file}`, {
      recorded: hashIn(component),
      computed: wheel.sha256,
    });
    findings.compare(SBOM, `purl of ${wheel.file}`, { recorded: component.at('purl').text(), computed: purl });
    if (dependencies === undefined) continue;
    const needed = (dependencies.get(wheel.normalizedName) ?? []).map((name) => purls.get(name) ?? '');
    findings.compare(SBOM, `dependencies of ${wheel.file}`, {
      recorded: dependsOn(sbom, purl)
        .filter((ref) => !isCrateUrl(ref))
        .sort()
        .join(' '),
      computed: needed.sort().join(' '),
    });
  }
  for (const file of byFile.keys()) {
    const isThere = wheels.some((wheel) => wheel.file === file);
    findings.expect(isThere, SBOM, `it has a component for \`${file}\`, which does not exist`);
  }
  const needed = new Set([...purls.values()].flatMap((purl) => dependsOn(sbom, purl)).filter(isCrateUrl));
  const inputs = provenance === undefined ? undefined : new Set(resolvedOf(provenance, 'build').map(sha256Of));
  for (const component of all.filter((each) => !components.includes(each))) {
    const purl = component.at('purl').text();
    findings.expect(needed.delete(purl), SBOM, `it has a component for \`${purl}\`, which no wheel needs`);
    const isInput = inputs === undefined || inputs.has(hashIn(component));
    findings.expect(isInput, SBOM, `\`${purl}\` is a crate whose digest is not among the materials of the provenance`);
  }
  for (const purl of needed) findings.expect(false, SBOM, `it has no component for \`${purl}\`, which a wheel needs`);
}

function hashIn(component: JsonDocument): string {
  const hash = component
    .at('hashes')
    .items()
    .find((each) => each.at('alg').text() === 'SHA-256');
  return hash?.at('content').text() ?? '';
}

function fileOf(component: JsonDocument): string {
  const property = component
    .at('properties')
    .items()
    .find((each) => each.at('name').text() === FILE_PROPERTY);
  return property?.at('value').text() ?? component.at('purl').text();
}

function dependsOn(sbom: JsonDocument, ref: string): string[] {
  const entry = sbom
    .at('dependencies')
    .items()
    .find((each) => each.at('ref').text() === ref);
  return (entry?.at('dependsOn').items() ?? []).map((each) => each.text());
}
