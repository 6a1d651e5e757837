import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAbsent } from '@wheelhouse/element/internal';
import { normalizeName, readWheelName } from '@wheelhouse/python/internal';
import type { Findings } from './findings.js';
import { JsonDocument } from './json-document.js';
import { MANIFEST } from './layout.js';
import { ownFile, refusedPath } from './own-file.js';
import { nameOf, resolvedOf, sha256Of, treeDigestOf } from './verify-provenance.js';
import { sha256Of as sha256OfBytes, type WheelDescription } from './wheel-description.js';
import type { WheelhouseContents } from './wheelhouse-contents.js';
import { fileBytes } from '../inspection/archive.js';

/** From the wheelhouse. */
const SHOWN = `../${MANIFEST}`;
/** What is beside a wheelhouse and is listed with it. */
const BESIDE = ['wheel', 'sdist'];

/**
 * Checks the manifest beside a wheelhouse, if there is one, against the files and what the provenance says.
 *
 * @param own the project's wheel, where it is known which that is
 */
export async function verifyManifest(
  contents: WheelhouseContents,
  own: WheelDescription | undefined,
  findings: Findings,
): Promise<void> {
  const file = await ownFile(dirname(contents.directory), MANIFEST);
  if (file.isAbsent === true) return;
  if (file.path === undefined) {
    findings.expect(false, SHOWN, `it ${file.refused}`);
    return;
  }
  const manifest = JsonDocument.parse(await readFile(file.path, 'utf8'));
  findings.expect(manifest?.isObject === true, SHOWN, 'it is not a JSON object');
  if (manifest?.isObject !== true) return;
  if (own !== undefined) {
    const named = manifest.at('project').text();
    findings.expect(
      normalizeName(named) === own.normalizedName,
      SHOWN,
      `\`project\` is recorded as \`${named}\`, but the project's wheel is \`${own.file}\``,
    );
    findings.compareValue(SHOWN, 'version', manifest.at('version'), versionOf(own));
  }
  await verifyFiles(manifest, { ...contents, own }, findings);
  if (contents.provenance !== undefined) verifyFacts(manifest, contents.provenance, findings);
}

/** As the file's name has it. */
function versionOf({ file, version }: WheelDescription): string {
  return readWheelName(file)?.version ?? version;
}

async function verifyFiles(
  manifest: JsonDocument,
  { directory, digests, own }: WheelhouseContents & { readonly own: WheelDescription | undefined },
  findings: Findings,
): Promise<void> {
  const base = dirname(directory);
  const prefix = `${basename(directory)}/`;
  const listed = new Set<string>();
  findings.expect(manifest.at('files').isList, SHOWN, '`files` is not a list');
  for (const [index, file] of manifest.at('files').items().entries()) {
    const member = `files[${index}]`;
    const [path, recorded] = [file.at('path').raw, file.at('sha256').text()];
    if (typeof path !== 'string') {
      findings.expect(false, SHOWN, `\`${member}.path\` is \`${file.at('path').shown()}\`, not a path`);
      continue;
    }
    const refused = refusedPath(path);
    if (refused !== undefined) {
      findings.expect(false, SHOWN, `\`${member}.path\` is \`${path}\`: it ${refused}`);
      continue;
    }
    findings.expect(!listed.has(path), SHOWN, `\`files\` lists \`${path}\` twice`);
    listed.add(path);
    const computed = path.startsWith(prefix)
      ? (digests.get(path.slice(prefix.length)) ?? 'no such file')
      : await digestBeside(base, path, own);
    // Of what is elsewhere only this directory may have come along.
    if (computed !== undefined) findings.compare(SHOWN, `${member}.sha256 (${path})`, { recorded, computed });
  }
  const found = [...[...digests.keys()].map((name) => `${prefix}${name}`), ...(await filesBeside(base))];
  for (const path of found) {
    findings.expect(listed.has(path), SHOWN, `\`files\` does not list \`${path}\``);
  }
}

/** The digest of a file beside the wheelhouse; that of the project's wheel where it did not come along. */
async function digestBeside(
  base: string,
  path: string,
  own: WheelDescription | undefined,
): Promise<string | undefined> {
  const file = await ownFile(base, path);
  if (file.path !== undefined) return await sha256OfBytes(fileBytes(file.path));
  if (file.isAbsent !== true) return `a path that ${file.refused}`;
  return own !== undefined && path === `wheel/${own.file}` ? own.sha256 : undefined;
}

async function filesBeside(base: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of BESIDE) {
    try {
      if (!(await lstat(join(base, name))).isDirectory()) continue;
    } catch (error) {
      if (isAbsent(error)) continue;
      throw error;
    }
    paths.push(...(await readdir(join(base, name))).map((each) => `${name}/${each}`));
  }
  return paths.sort();
}

/** What both of them say. */
function verifyFacts(manifest: JsonDocument, provenance: JsonDocument, findings: Findings): void {
  const definition = provenance.at('predicate', 'buildDefinition');
  const parameters = definition.at('externalParameters');
  const invocation = provenance.at('predicate', 'runDetails', 'metadata', 'invocationId');
  const first = (role: string): JsonDocument => resolvedOf(provenance, role)[0] ?? new JsonDocument(undefined);
  const files = (list: readonly [string, string][]): string =>
    list
      .map((each) => each.join(' '))
      .sort()
      .join(', ');
  const uses = manifest.at('uses').items();
  const used = ['wheel', 'build'].flatMap((role) => resolvedOf(provenance, role));
  const toolchain = (...path: readonly string[]): JsonDocument =>
    definition.at('internalParameters', 'toolchain', ...path);
  const pairs: readonly [member: string, manifest: string, provenance: string][] = [
    ['project', manifest.at('project').shown(), parameters.at('project').shown()],
    ['elementKey', manifest.at('elementKey').shown(), invocation.shown()],
    ['sourceDigest', manifest.at('sourceDigest').shown(), treeDigestOf(first('sources'))],
    ['snapshotDigest', manifest.at('snapshotDigest').shown(), treeDigestOf(first('snapshot'))],
    [
      'uses',
      files(uses.map((file) => [file.at('path').shown(), file.at('sha256').shown()])),
      files(used.map((file) => [nameOf(file), sha256Of(file)])),
    ],
    ...['implementation', 'version', 'soabi'].map((member): [string, string, string] => [
      `toolchain.${member}`,
      manifest.at('toolchain', member).shown(),
      toolchain(member).shown(),
    ]),
    [
      'toolchain.rust.version',
      manifest.at('toolchain', 'rust', 'version').shown(),
      toolchain('rust', 'version').shown(),
    ],
    ['toolchain.rust.identity', manifest.at('toolchain', 'rust', 'identity').shown(), sha256Of(first('rust'))],
    ['toolchain.identity', manifest.at('toolchain', 'identity').shown(), sha256Of(first('toolchain'))],
  ];
  for (const [member, recorded, said] of pairs) {
    findings.expect(
      recorded === said,
      SHOWN,
      `\`${member}\` is recorded as \`${recorded}\`, but the provenance has \`${said}\``,
    );
  }
  findings.expect(uses.length === used.length, SHOWN, '`uses` is not the list of the provenance');
}
