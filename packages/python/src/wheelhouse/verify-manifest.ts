import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseDigest } from '@wheelhouse/element';
import type { Findings } from './findings.js';
import { JsonDocument } from './json-document.js';
import { nameOf, resolvedOf, sha256Of } from './verify-provenance.js';
import { sha256Of as sha256OfBytes } from './wheel-description.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';
import { fileBytes } from '../inspection/archive.js';

/** From the wheelhouse. */
const MANIFEST = '../manifest.json';

/** Checks the manifest beside a wheelhouse, where there is one, against the files and what the provenance says. */
export async function verifyManifest(contents: WheelhouseContents, findings: Findings): Promise<void> {
  const path = join(contents.directory, MANIFEST);
  if (!existsSync(path)) return;
  const manifest = JsonDocument.parse(await readFile(path, 'utf8'));
  findings.expect(manifest !== undefined, MANIFEST, 'it is no JSON');
  if (manifest === undefined) return;
  await verifyFiles(manifest, contents, findings);
  if (contents.provenance !== undefined) verifyFacts(manifest, contents.provenance, findings);
}

async function verifyFiles(
  manifest: JsonDocument,
  { directory, digests }: WheelhouseContents,
  findings: Findings,
): Promise<void> {
  const own = `${basename(directory)}/`;
  const listed = new Set<string>();
  for (const [index, file] of manifest.at('files').items().entries()) {
    const path = file.at('path').text();
    const recorded = file.at('sha256').text();
    listed.add(path);
    // Of what lies elsewhere only this directory may have come along.
    if (!path.startsWith(own) && !existsSync(join(directory, '..', path))) continue;
    const computed = path.startsWith(own)
      ? (digests.get(path.slice(own.length)) ?? 'no such file')
      : await sha256OfBytes(fileBytes(join(directory, '..', path)));
    findings.compare(MANIFEST, `files[${index}].sha256 (${path})`, { recorded, computed });
  }
  for (const name of digests.keys()) {
    findings.expect(listed.has(`${own}${name}`), MANIFEST, `\`files\` does not list \`${own}${name}\``);
  }
}

/** What both of them say. */
function verifyFacts(manifest: JsonDocument, provenance: JsonDocument, findings: Findings): void {
  const definition = provenance.at('predicate', 'buildDefinition');
  const parameters = definition.at('externalParameters');
  const invocation = provenance.at('predicate', 'runDetails', 'metadata', 'invocationId');
  const first = (role: string): string => sha256Of(resolvedOf(provenance, role)[0] ?? new JsonDocument(undefined));
  const hashOf = (member: string): string =>
    parseDigest(manifest.at(member).text())?.hash ?? manifest.at(member).text();
  const files = (list: readonly [string, string][]): string =>
    list
      .map((each) => each.join(' '))
      .sort()
      .join(', ');
  const uses = manifest.at('uses').items();
  const used = ['wheel', 'build'].flatMap((role) => resolvedOf(provenance, role));
  const pairs: readonly [member: string, manifest: string, provenance: string][] = [
    ['project', manifest.at('project').text(), parameters.at('project').text()],
    ['elementKey', manifest.at('elementKey').text(), invocation.text()],
    ['sourceDigest', hashOf('sourceDigest'), first('sources')],
    ['snapshotDigest', hashOf('snapshotDigest'), first('snapshot')],
    [
      'uses',
      files(uses.map((file) => [file.at('path').text(), file.at('sha256').text()])),
      files(used.map((file) => [nameOf(file), sha256Of(file)])),
    ],
    ...['implementation', 'version', 'soabi'].map((member): [string, string, string] => [
      `toolchain.${member}`,
      manifest.at('toolchain', member).text(),
      definition.at('internalParameters', 'toolchain', member).text(),
    ]),
    [
      'toolchain.rust.version',
      manifest.at('toolchain', 'rust', 'version').text(),
      definition.at('internalParameters', 'toolchain', 'rust', 'version').text(),
    ],
    ['toolchain.rust.identity', manifest.at('toolchain', 'rust', 'identity').text(), first('rust')],
    ['toolchain.identity', manifest.at('toolchain', 'identity').text(), first('toolchain')],
  ];
  for (const [member, recorded, said] of pairs) {
    findings.expect(
      recorded === said,
      MANIFEST,
      `\`${member}\` is recorded as \`${recorded}\`, and the provenance says \`${said}\``,
    );
  }
}
