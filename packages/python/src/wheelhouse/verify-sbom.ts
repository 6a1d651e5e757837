import type { Findings } from './findings.js';
import type { JsonDocument } from './json-document.js';
import { SBOM } from './layout.js';
import { FILE_PROPERTY, packageUrl } from './sbom.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';

/**
 * Checks that a bill of materials names exactly the wheels that are there, by their digests.
 *
 * @param dependencies who needs whom, by normalised names; `undefined` where that is not known
 */
export function verifySbom(
  { sbom, wheels }: WheelhouseContents,
  dependencies: ReadonlyMap<string, readonly string[]> | undefined,
  findings: Findings,
): void {
  if (sbom === undefined) return;
  findings.compare(SBOM, 'bomFormat', { recorded: sbom.at('bomFormat').text(), computed: 'CycloneDX' });
  const components = [sbom.at('metadata', 'component'), ...sbom.at('components').items()];
  const byFile = new Map(components.map((component) => [fileOf(component), component]));
  const purls = new Map(wheels.map((wheel) => [wheel.normalizedName, packageUrl(wheel)]));
  for (const wheel of wheels) {
    const component = byFile.get(wheel.file);
    findings.expect(component !== undefined, SBOM, `it has no component for \`${wheel.file}\``);
    if (component === undefined) continue;
    const hash = component
      .at('hashes')
      .items()
      .find((each) => each.at('alg').text() === 'SHA-256');
    const purl = packageUrl(wheel);
    findings.compare(SBOM, `hashes of ${wheel.file}`, {
      recorded: hash?.at('content').text() ?? '',
      computed: wheel.sha256,
    });
    findings.compare(SBOM, `purl of ${wheel.file}`, { recorded: component.at('purl').text(), computed: purl });
    if (dependencies === undefined) continue;
    const needed = (dependencies.get(wheel.normalizedName) ?? []).map((name) => purls.get(name) ?? '');
    findings.compare(SBOM, `dependencies of ${wheel.file}`, {
      recorded: dependsOn(sbom, purl).sort().join(' '),
      computed: needed.sort().join(' '),
    });
  }
  for (const file of byFile.keys()) {
    const isThere = wheels.some((wheel) => wheel.file === file);
    findings.expect(isThere, SBOM, `it has a component for \`${file}\`, which is not there`);
  }
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
